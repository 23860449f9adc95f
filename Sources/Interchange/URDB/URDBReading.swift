import CivilTime
import Money

/// Reads one record, collecting everything that is wrong with it.
final class URDBReading {
  /// What makes the rate impossible to use.
  private(set) var problems: [RuleFileProblem] = []
  private(set) var warnings: [RuleFileProblem] = []
  private(set) var ignored: [String] = []
  private let file: String
  private let path: String
  private let record: JSONValue
  private var fields: [String: JSONValue.Member] = [:]

  /// - Parameter path: Where the record stands in its file, as `items[0]`; empty for all of it.
  init(_ record: JSONValue, file: String, path: String) {
    self.record = record
    self.file = file
    self.path = path
    for member in record.members ?? [] {
      let name = URDBFields.canonical(member.name)
      if case .null = member.value.content { continue }
      if let other = fields[name] {
        problem(member, "says the same as \(other.name); give one of them")
      } else {
        fields[name] = member
      }
    }
  }

  /// The rate, or `nil` with the problems.
  func rate() -> URDBRate? {
    let identity = (text("label"), text("utility"), text("name"))
    let (start, end) = (day("startdate"), day("enddate"))
    let metering = metering()
    refuseWhatCannotBe()
    let energy = structure(
      "energyratestructure", "energyweekdayschedule", "energyweekendschedule", isEnergy: true)
    let demand = charged(
      "demandunits", "demandrateunit",
      structure(
        "demandratestructure", "demandweekdayschedule", "demandweekendschedule", isEnergy: false))
    let flat = charged("flatdemandunit", nil, flatDemand())
    let fixed = amounts(
      "fixedchargefirstmeter", "fixedchargeunits", [("fixedmonthlycharge", .month)])
    let minimums = amounts(
      "mincharge", "minchargeunits", [("minmonthlycharge", .month), ("annualmincharge", .year)])
    checkYearly(fixed)
    listWhatIsNotRead()
    if energy == nil, fields["energyratestructure"] == nil {
      problem(
        nil, "energyratestructure", "there are no prices of energy; without them none is rated")
    }
    guard problems.isEmpty, let energy else { return nil }
    return URDBRate(
      label: identity.0, utility: identity.1, name: identity.2, start: start, end: end,
      metering: metering, energy: energy, demand: demand, flatDemand: flat, fixed: fixed,
      minimums: minimums, warnings: warnings, ignored: ignored)
  }

  // MARK: Problems

  private func note(_ place: RulePlace, _ field: String, _ message: String) -> RuleFileProblem {
    let full = path.isEmpty ? field : field.isEmpty ? path : "\(path).\(field)"
    return RuleFileProblem(
      file: file, line: place.line, column: place.column, field: full, message: message)
  }

  func problem(_ member: JSONValue.Member, _ message: String) {
    problems.append(note(member.place, clipped(member.name), message))
  }

  func problem(_ value: JSONValue?, _ field: String, _ message: String) {
    problems.append(note((value ?? record).place, field, message))
  }

  func warn(_ value: JSONValue?, _ field: String, _ message: String) {
    warnings.append(note((value ?? record).place, field, message))
  }

  func ignore(_ what: String) { ignored.append(what) }

  /// The member that a field is in, whatever its spelling.
  func member(_ name: String) -> JSONValue.Member? { fields[name] }

  // MARK: Values

  /// The number that a value is, as written; `nil` with a problem if it is none.
  func number(_ value: JSONValue, _ field: String) -> String? {
    switch value.content {
    case .number(let text): return text
    case .string(let text) where (try? DecimalText.parse(text, scale: 18)) != nil: return text
    default:
      problem(value, field, "\(value.kind) is not a number; write it as 12.5")
      return nil
    }
  }

  /// An amount a unit.
  func price(_ value: JSONValue, _ field: String) -> Price? {
    guard let text = number(value, field) else { return nil }
    do {
      return try Price(decimal: text)
    } catch {
      problem(value, field, "\(clipped(text)) \(error)")
      return nil
    }
  }

  /// Whether a value is zero, false or empty, or a list of such.
  func isNothing(_ value: JSONValue) -> Bool {
    switch value.content {
    case .null: true
    case .bool(let value): !value
    case .number(let text): text.prefix { $0 != "e" && $0 != "E" }.allSatisfy { "-0.".contains($0) }
    case .string(let text):
      text.isEmpty || ["0", "0.0", "false", "none"].contains(text.lowercased())
    case .array(let elements): elements.allSatisfy(isNothing)
    case .object(let members):
      members.allSatisfy { ["unit", "max"].contains($0.name) || isNothing($0.value) }
    }
  }

  private func text(_ name: String) -> String? {
    guard let value = fields[name]?.value else { return nil }
    let inner = value["$oid"] ?? value
    return inner.string.map { text in
      text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
    }
  }

  /// A date: seconds or milliseconds since 1970 in UTC, or text that begins with `YYYY-MM-DD`.
  private func day(_ name: String) -> Day? {
    guard let value = fields[name]?.value else { return nil }
    let inner = value["$date"] ?? value
    if let text = inner.string, let day = Day(iso: String(text.prefix(10))) { return day }
    if case .number(let text) = inner.content, let units = try? DecimalText.parse(text, scale: 3) {
      let seconds = units / (units.magnitude > 100_000_000_000_000 ? 1_000_000 : 1_000)
      if (-2_208_988_800..<7_258_118_400).contains(seconds) {
        return ZoneRules(fixedOffset: 0, name: "UTC").day(of: Instant(rawValue: seconds))
      }
    }
    warn(inner, name, "\(inner.kind) is not a date and is not used")
    return nil
  }

  // MARK: The record

  private func metering() -> URDBRate.Metering? {
    if let value = fields["dgrules"]?.value {
      if let text = value.string, let rules = URDBRate.Metering(rawValue: text) { return rules }
      if !isNothing(value) {
        warn(value, "dgrules", "\(value.kind) is not a known rule for exports and is not used")
      }
    }
    guard let value = fields["usenetmetering"]?.value, !isNothing(value) else { return nil }
    return .net
  }

  private func refuseWhatCannotBe() {
    for (name, reason) in URDBFields.refusedUnlessZero {
      guard let member = fields[name], !isNothing(member.value) else { continue }
      problem(member, "\(reason); such a rate cannot be computed here")
    }
  }

  /// A structure of demand prices, or `nil` if it is free or counted in something else than kW.
  private func charged(
    _ name: String, _ other: String?, _ structure: URDBRate.Structure?
  ) -> URDBRate.Structure? {
    guard let structure,
      structure.periods.contains(where: { $0.tiers.contains { $0.price != .zero } })
    else { return nil }
    for member in [name, other].compactMap({ $0.flatMap { fields[$0] } }) {
      guard let unit = member.value.string, unit.lowercased() != "kw" else { continue }
      problem(member, "demand counted in \"\(clipped(unit))\" cannot be computed from kWh; use kW")
    }
    return structure
  }

  private func listWhatIsNotRead() {
    for (name, reason) in URDBFields.doubtful {
      guard let member = fields[name], !isNothing(member.value) else { continue }
      warn(member.value, clipped(member.name), reason)
    }
    let known = URDBFields.read.union(URDBFields.refusedUnlessZero.map(\.name))
      .union(URDBFields.doubtful.map(\.name))
    for member in record.members ?? [] {
      let name = URDBFields.canonical(member.name)
      if known.contains(name) { continue }
      if URDBFields.descriptive.contains(name) {
        ignore(member.name)
      } else {
        warn(member.value, clipped(member.name), "the field is not known and is not used")
      }
    }
  }
}
