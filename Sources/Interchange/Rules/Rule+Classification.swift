import CivilTime
import Tariffs

extension RuleReading {
  func classification(_ fields: RuleMapping) -> Classification? {
    let name = fields.required("classification")?.identifier()
    let version = fields.required("version")?.whole(1...1_000_000)
    let from = fields.required("from")?.day()
    let control = fields.optional("control").flatMap(control)
    let lines = fields.required("lines")?.list("lines")?.map(line)
    guard let name, let version, let from, let lines else { return nil }
    return Classification(
      name: name, version: UInt32(version), effectiveFrom: from, control: control ?? .standard,
      lines: lines.compactMap { $0 })
  }

  private func control(_ field: RuleField) -> ControlAccounts? {
    guard let fields = RuleMapping(field) else { return nil }
    var control = ControlAccounts.standard
    for (name, path) in ControlAccounts.fields {
      if let ledger = fields.optional(name)?.identifier() { control[keyPath: path] = ledger }
    }
    fields.refuseUnknown()
    return control
  }

  /// `{ code: energy, revenue_class: VARIABLE_ENERGY, class: residential, ledger: 440,
  /// reports_as: PASS_THROUGH }`.
  private func line(_ field: RuleField) -> Classification.Line? {
    guard let fields = RuleMapping(field) else { return nil }
    let code = fields.optional("code").flatMap(lineCode)
    let revenue = fields.optional("revenue_class")?.word(of: RevenueClass.allCases.map(\.name))
    let customer = fields.optional("class")?.word(of: CustomerClass.allCases.map(\.name))
    let ledger = fields.required("ledger")?.identifier()
    let reported = fields.optional("reports_as")?.word(of: RevenueClass.allCases.map(\.name))
    fields.refuseUnknown()
    guard let ledger else { return nil }
    return Classification.Line(
      code: code ?? Classification.anyCode, revenueClass: revenue.map { RevenueClass.allCases[$0] },
      customerClass: customer.map { CustomerClass.allCases[$0] }, ledger: ledger,
      reportsAs: reported.map { RevenueClass.allCases[$0] })
  }
}

extension RuleReading {
  /// A name, or two with a stroke between them.
  private func lineCode(_ field: RuleField) -> String? {
    let longest = 2 * InterchangeLimits.identifier + 1
    let expected = "a code of 1 to \(longest) printable ASCII characters without space"
    guard let text = field.text(expected) else { return nil }
    guard (1...longest).contains(text.utf8.count), text.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else {
      field.problem("\"\(clipped(text))\" is not \(expected)")
      return nil
    }
    return text
  }
}

extension ControlAccounts {
  /// Their names in files.
  fileprivate static var fields: [(String, WritableKeyPath<ControlAccounts, String>)] {
    [
      ("cash", \.cash), ("receivables", \.receivables), ("credits", \.credits),
      ("uncollectible", \.uncollectible), ("taxes", \.taxes), ("accrued", \.accrued),
    ]
  }
}

extension Classification {
  var tree: RuleTree {
    let accounts = ControlAccounts.fields.map { name, path in
      (name, RuleTree?.some(.text(control[keyPath: path])))
    }
    return .fields([
      ("kind", .text("classification")), ("classification", .text(name)),
      ("version", .text("\(version)")), ("from", .text("\(effectiveFrom)")),
      ("control", control == .standard ? nil : .fields(accounts)),
      ("lines", .list(lines.map { RuleTree.Element(label: $0.label, value: $0.tree) })),
    ])
  }
}

extension Classification.Line {
  fileprivate var tree: RuleTree {
    .fields([
      ("code", code == Classification.anyCode ? nil : .text(code)),
      ("revenue_class", revenueClass.map { .text($0.name) }),
      ("class", customerClass.map { .text($0.name) }), ("ledger", .text(ledger)),
      ("reports_as", reportsAs.map { .text($0.name) }),
    ])
  }

  /// What a difference calls the line by: `energy of residential`.
  fileprivate var label: String {
    let what = [code == Classification.anyCode ? nil : code, revenueClass?.name]
      .compactMap { $0 }.joined(separator: " ")
    return (what.isEmpty ? "any" : what) + (customerClass.map { " of \($0.name)" } ?? "")
  }
}
