/// What XML and HTML have in common.
enum Markup {
  /// Text as it stands between tags and in attributes; characters that XML cannot hold become
  /// U+FFFD.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\r": result += "&#13;"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}":
        result.unicodeScalars.append("\u{FFFD}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Text as a string of CSS, quoted; every character that could end it is written as its number.
  static func styleString(_ text: String) -> String {
    var result = "\""
    for scalar in escape(text).isEmpty ? "".unicodeScalars : text.unicodeScalars {
      let isPlain = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == " "
      if isPlain {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\\(String(scalar.value == 0 ? 0xFFFD : scalar.value, radix: 16)) "
      }
    }
    return result + "\""
  }
}
