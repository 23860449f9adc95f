extension Rule {
  /// The rule as YAML that reads back as the same rule: one text a rule, for showing and comparing.
  public var yaml: String {
    var lines: [String] = []
    Self.write(tree, indent: "", into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func write(_ tree: RuleTree, indent: String, into lines: inout [String]) {
    switch tree {
    case .text(let text): lines.append(indent + scalar(text))
    case .fields(let fields):
      for field in fields {
        if let flow = flow(field.value) {
          lines.append(indent + scalar(field.name) + ": " + flow)
        } else {
          lines.append(indent + scalar(field.name) + ":")
          write(field.value, indent: indent + "  ", into: &lines)
        }
      }
    case .list(let elements):
      for element in elements {
        var own: [String] = []
        write(element.value, indent: indent + "  ", into: &own)
        own[0] = indent + "- " + own[0].dropFirst(indent.count + 2)
        lines += own
      }
    }
  }

  /// The tree on one line, where that reads well.
  private static func flow(_ tree: RuleTree) -> String? {
    switch tree {
    case .text(let text): return scalar(text)
    case .fields(let fields):
      let parts = fields.map { field -> String? in
        guard case .text(let text) = field.value else { return nil }
        return scalar(field.name) + ": " + scalar(text)
      }
      guard !parts.contains(nil) else { return nil }
      return "{ " + parts.compactMap { $0 }.joined(separator: ", ") + " }"
    case .list(let elements):
      let parts = elements.map { element -> String? in
        guard case .text(let text) = element.value else { return nil }
        return scalar(text)
      }
      guard !parts.contains(nil) else { return nil }
      return "[" + parts.compactMap { $0 }.joined(separator: ", ") + "]"
    }
  }

  /// A scalar, in quotes unless it is surely itself without: rules hold texts, so `true` is one.
  private static func scalar(_ text: String) -> String {
    let isSafe =
      text.utf8.first.map(isWordByte) == true && text != "null"
      && text.utf8.last != UInt8(ascii: " ")
      && text.utf8.allSatisfy { isWordByte($0) || " %-+/()".utf8.contains($0) }
    guard !isSafe else { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// One field in which two rules differ.
public struct RuleDifference: Hashable, Sendable, CustomStringConvertible {
  /// The path, elements known by their code or name: `components.energy.tiers[0].price`.
  public var field: String
  /// What it was; `nil` where the old rule does not say it.
  public var old: String?
  /// What it is; `nil` where the new rule does not say it.
  public var new: String?

  /// `field: old -> new`.
  public var description: String {
    "\(field): \(old ?? "nothing") -> \(new ?? "nothing")"
  }
}

extension Rule {
  /// Every field in which `new` differs from `old`, in the order of the fields; none if they are the
  /// same.
  public static func differences(old: Rule, new: Rule) -> [RuleDifference] {
    var before: [(String, String)] = []
    var after: [(String, String)] = []
    flatten(old.tree, "", into: &before)
    flatten(new.tree, "", into: &after)
    let olds = Dictionary(before, uniquingKeysWith: { first, _ in first })
    let news = Dictionary(after, uniquingKeysWith: { first, _ in first })
    var order = after.map(\.0)
    order += before.map(\.0).filter { news[$0] == nil }
    return order.compactMap { field in
      olds[field] == news[field]
        ? nil : RuleDifference(field: field, old: olds[field], new: news[field])
    }
  }

  private static func flatten(
    _ tree: RuleTree, _ path: String, into all: inout [(String, String)]
  ) {
    switch tree {
    case .text(let text): all.append((path, text))
    case .fields(let fields):
      for field in fields {
        flatten(field.value, path.isEmpty ? field.name : path + "." + field.name, into: &all)
      }
    case .list(let elements):
      if let words = words(of: elements) {
        all.append((path, words))
        return
      }
      if elements.contains(where: { $0.label != nil }) {
        // The order counts too: of components on an invoice, of periods in a tie.
        all.append((path, elements.compactMap(\.label).joined(separator: ", ")))
      }
      for (index, element) in elements.enumerated() {
        flatten(element.value, path + (element.label.map { "." + $0 } ?? "[\(index)]"), into: &all)
      }
    }
  }

  /// The elements on one line where they are all texts.
  private static func words(of elements: [RuleTree.Element]) -> String? {
    var words: [String] = []
    for element in elements {
      guard case .text(let text) = element.value else { return nil }
      words.append(text)
    }
    return words.joined(separator: ", ")
  }
}
