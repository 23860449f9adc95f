/// Why bytes are not the canonical protobuf encoding that the book holds.
public enum WireError: Error, Hashable, Sendable {
  /// The bytes end inside a field.
  case truncated(offset: Int)
  /// A varint longer than its value needs, or longer than ten bytes.
  case overlongVarint(offset: Int)
  /// A field number below the one before it.
  case outOfOrder(field: Int, offset: Int)
  /// A wire type that the book's schemas never use (groups, fixed32).
  case unsupportedType(field: Int, offset: Int)
  /// A field holding its default, which the canonical form leaves out.
  case explicitDefault(field: Int, offset: Int)
  /// A field this schema does not know.
  case unknownField(Int, in: StaticName)
  /// A field with a value outside what its type allows.
  case invalidValue(field: Int, in: StaticName)
  /// A field that must be there and is not.
  case missing(field: Int, in: StaticName)
}

extension WireError: CustomStringConvertible {
  /// What is wrong with the bytes, where in the entry, and what to do.
  public var description: String { "\(problem); run `meterbook verify` to find the entry" }

  private var problem: String {
    switch self {
    case .truncated(let offset): "the bytes end inside the field at byte \(offset)"
    case .overlongVarint(let offset): "the number at byte \(offset) is longer than it need be"
    case .outOfOrder(let field, let offset):
      "field \(field) at byte \(offset) comes after a later one"
    case .unsupportedType(let field, let offset):
      "field \(field) at byte \(offset) is of a type that no schema here has"
    case .explicitDefault(let field, let offset):
      "field \(field) at byte \(offset) says what is left out"
    case .unknownField(let field, let message): "\(message) has no field \(field)"
    case .invalidValue(let field, let message):
      "field \(field) of \(message) has a value that it may not have"
    case .missing(let field, let message): "\(message) lacks field \(field)"
    }
  }
}

/// The name of a message, for error texts.
public struct StaticName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The name.
  public let description: String
  /// Names a message.
  public init(stringLiteral value: String) { description = value }
}
