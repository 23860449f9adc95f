import Billing

/// The facts of an event by name, for reports: whatever its type holds, without what is empty.
enum Facts {
  /// One fact of an event.
  struct Fact: Encodable, Hashable, Sendable {
    let name: String
    let value: String
  }

  /// What is told even where it is zero.
  private static let tellsZero: Set<String> = ["value", "amount", "total"]

  /// What says nothing.
  private static let emptyTexts: Set<String> = ["", "0", "0.00", "false", "unspecified"]

  /// The facts of `event`'s payload, in the order of its declaration.
  static func of(_ event: Event) -> [Fact] {
    guard let payload = Mirror(reflecting: event).children.first?.value else { return [] }
    return of(payload)
  }

  private static func of(_ value: Any) -> [Fact] {
    Mirror(reflecting: value).children.compactMap { child in
      guard let label = child.label, let text = text(child.value) else { return nil }
      let isTold = tellsZero.contains(label) || !emptyTexts.contains(text)
      return isTold ? Fact(name: snakeCase(label), value: text) : nil
    }
  }

  /// The value as text; `nil` if there is nothing to tell.
  private static func text(_ value: Any) -> String? {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      return mirror.children.first.flatMap { text($0.value) }
    case .collection:
      if let bytes = value as? [UInt8] { return bytes.isEmpty ? nil : bytes.hex }
      let elements = mirror.children.map { text($0.value) ?? "0" }
      return elements.isEmpty ? nil : elements.joined(separator: " ")
    case .struct where !(value is any CustomStringConvertible):
      let parts = of(value).map { "\($0.name) \($0.value)" }
      return parts.isEmpty ? nil : "(" + parts.joined(separator: ", ") + ")"
    default:
      return "\(value)"
    }
  }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { result, letter in
      if letter.isUppercase { result += "_" }
      result += letter.lowercased()
    }
  }
}
