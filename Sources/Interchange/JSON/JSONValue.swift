/// A JSON value and where it stands in its file.
///
/// Numbers stay the text they were written as: prices are decimals and never pass through binary
/// floating point.
struct JSONValue: Hashable, Sendable {
  /// What the value is.
  enum Content: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number as written, as `0.09850` or `1e38`.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// The members in the order of the file, each name once.
    case object([Member])
  }

  /// A name and its value.
  struct Member: Hashable, Sendable {
    var name: String
    /// Where the name stands.
    var place: RulePlace
    var value: JSONValue
  }

  var content: Content
  /// Where its first character stands.
  var place: RulePlace

  /// The elements, if it is an array.
  var elements: [JSONValue]? {
    if case .array(let elements) = content { elements } else { nil }
  }

  /// The members, if it is an object.
  var members: [Member]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The value of the member `name`, if it is an object that has it.
  subscript(name: String) -> JSONValue? {
    members?.first { $0.name == name }?.value
  }

  /// The text of a string; for other values `nil`.
  var string: String? {
    if case .string(let text) = content { text } else { nil }
  }

  /// What the value is, for messages: as `the text "None"`, `a list`.
  var kind: String {
    switch content {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let text): "the number \(clipped(text))"
    case .string(let text): "the text \"\(clipped(text))\""
    case .array: "a list"
    case .object: "an object"
    }
  }
}
