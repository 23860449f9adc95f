/// A JSON value that is written by hand, so that its bytes do not depend on a library's version.
///
/// The text is the one that `JSONEncoder` gives for the same value when it prints prettily with
/// sorted keys: an object's keys in order, two spaces a level.
enum JSONText: Encodable {
  case null
  case bool(Bool)
  case number(Int64)
  case string(String)
  case array([JSONText])
  case object([String: JSONText])

  /// The value as text.
  var text: String {
    var result = ""
    append(to: &result, indent: "")
    return result
  }

  private func append(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += "\(value)"
    case .string(let value): Self.append(value, to: &text)
    case .array(let values):
      Self.append(values, in: ("[", "]"), to: &text, indent: indent) { value, text, indent in
        value.append(to: &text, indent: indent)
      }
    case .object(let members):
      let sorted = members.sorted { $0.key < $1.key }
      Self.append(sorted, in: ("{", "}"), to: &text, indent: indent) { member, text, indent in
        Self.append(member.key, to: &text)
        text += " : "
        member.value.append(to: &text, indent: indent)
      }
    }
  }

  private static func append<Element>(
    _ elements: [Element], in brackets: (String, String), to text: inout String, indent: String,
    each: (Element, inout String, String) -> Void
  ) {
    let deeper = indent + "  "
    text += brackets.0 + "\n"
    for (index, element) in elements.enumerated() {
      text += (index > 0 ? ",\n" : "") + deeper
      each(element, &text, deeper)
    }
    text += "\n" + indent + brackets.1
  }

  private static func append(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{8}": text += "\\b"
      case "\u{C}": text += "\\f"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// The same value for an encoder.
  func encode(to encoder: any Encoder) throws {
    switch self {
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try value.encode(to: encoder)
    case .number(let value): try value.encode(to: encoder)
    case .string(let value): try value.encode(to: encoder)
    case .array(let values): try values.encode(to: encoder)
    case .object(let members):
      var container = encoder.container(keyedBy: Key.self)
      for (key, value) in members { try container.encode(value, forKey: Key(stringValue: key)) }
    }
  }
}
