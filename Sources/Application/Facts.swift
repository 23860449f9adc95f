import Billing
import EventSourcing

/// The facts of an event by name, for reports: whatever its type holds, without what is empty.
enum Facts {
  /// One fact of an event.
  struct Fact: Encodable, Hashable, Sendable {
    let name: String
    let value: String
  }

  /// The facts of `event`'s payload, in the order of its declaration.
  static func of(_ event: Event) -> [Fact] {
    guard let payload = Mirror(reflecting: event).children.first?.value else { return [] }
    return of(payload)
  }

  private static func of(_ value: Any) -> [Fact] {
    Mirror(reflecting: value).children.compactMap { child in
      guard let label = child.label, let text = text(child.value) else { return nil }
      return Fact(name: snakeCase(label), value: text)
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
      let text = "\(value)"
      return text.isEmpty || text == "0" || text == "false" ? nil : text
    }
  }

  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { result, letter in
      if letter.isUppercase { result += "_" }
      result += letter.lowercased()
    }
  }
}
