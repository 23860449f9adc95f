import Testing

@testable import Interchange

/// What the reader makes of a text: tags with their texts, or the refusal.
private func read(_ text: String, chunk: Int = 1 << 18) -> String {
  var result: [String] = []
  do throws(FileRefusal) {
    var reader = try XMLReader(ByteSource(Array(text.utf8), chunk: chunk))
    while true {
      switch try reader.next() {
      case .start:
        let attributes = reader.attributes.map { " \($0.name)=\($0.value)" }.joined()
        result.append("<\(reader.name)\(attributes)|\(reader.namespace)>")
        reader.wantsText = true
      case .end: result.append(String(decoding: reader.text, as: UTF8.self) + "</\(reader.name)>")
      case .finish: return result.joined()
      }
    }
  } catch {
    if case .notWellFormed(_, _, let reason) = error { return reason }
    return error.description
  }
}

@Suite struct `XML` {
  @Test(arguments: [
    ("<a/>", "<a|none></a>"),
    ("\u{FEFF}<?xml version='1.0' encoding = 'UTF-8'?>\n<a>x</a >\n", "<a|none>x</a>"),
    ("<a b='1' c=\"&lt;&#65;&#x42;&apos;\n\"/>", "<a b=1 c=<AB' |none></a>"),
    ("<a>&amp;&gt;&quot;&#233;</a>", "<a|none>&>\"é</a>"),
    ("<a>1<!-- - x -->2<?pi ?x?>3<![CDATA[<&]]]>4</a>", "<a|none>123<&]4</a>"),
    (
      "<a xmlns='http://naesb.org/espi'><b xmlns=''/><c/></a>",
      "<a|espi><b|none></b><c|espi></c></a>"
    ),
    (
      "<e:a xmlns:e='http://naesb.org/espi' xml:lang='x' e:k='v'/>", "<a xml:lang=x e:k=v|espi></a>"
    ),
    (
      "<a:b xmlns:a='http://www.w3.org/2005/Atom'><a:b xmlns:a='x'/></a:b>",
      "<b|atom><b|other></b></b>"
    ),
  ])
  func `is read`(text: String, expected: String) {
    for chunk in [1, 2, 3, 7, 1 << 18] {
      #expect(read(text, chunk: chunk) == expected)
    }
  }

  @Test(arguments: [
    ("", "it ends before its first element does"),
    ("<a", "it ends before its first element does"),
    ("<a>", "it ends before its first element does"),
    ("<a><!--", "it ends before its first element does"),
    ("<a b='", "it ends before its first element does"),
    ("x<a/>", "text outside the first element"),
    ("<a/>x", "text outside the first element"),
    ("<a/><b/>", "a second element after the first"),
    ("<a></b>", "an end tag does not match its start tag"),
    ("</a>", "an end tag does not match its start tag"),
    ("<a></a", "a \">\" is missing"),
    ("<a/ >", "a \">\" is missing"),
    ("< a/>", "a name is missing"),
    ("<1/>", "a name is missing"),
    ("<a b/>", "an attribute without its value"),
    ("<a b=1/>", "an attribute without its value"),
    ("<a b='1'c='2'/>", "a space is missing before an attribute"),
    ("<a b='1' b='2'/>", "an attribute is given twice"),
    ("<a xmlns:b='1' xmlns:b='2'/>", "an attribute is given twice"),
    ("<a b='<'/>", "a \"<\" in an attribute"),
    ("<b:a/>", "a prefix that no namespace is declared for"),
    ("<a b:c='1'/>", "a prefix that no namespace is declared for"),
    ("<a xmlns:b=''/>", "a prefix for no namespace"),
    ("<a:b:c/>", "a name with a colon out of place"),
    ("<:a/>", "a name with a colon out of place"),
    ("<a>&x;</a>", "an entity that is not declared"),
    ("<a>&verylongname;</a>", "an entity that is not declared"),
    ("<a>&#0;</a>", "a character reference that names no character"),
    ("<a>&#xD800;</a>", "a character reference that names no character"),
    ("<a>&#+65;</a>", "a character reference that names no character"),
    ("<a>\u{1}</a>", "a character that XML does not allow"),
    ("<a>]]></a>", "a \"]]>\" in text"),
    ("<a><!-- -- --></a>", "two dashes inside a comment"),
    ("<a><!- x></a>", "a comment that does not begin with <!--"),
    ("<a><![x]]></a>", "a section that is not CDATA"),
    (" <?xml version='1.0'?><a/>", "an XML declaration that is not at the very beginning"),
  ])
  func `that is not well-formed is refused with a reason`(text: String, expected: String) {
    #expect(read(text) == expected)
    #expect(read(text, chunk: 1) == expected)
  }

  @Test func `beyond a limit is refused`() {
    let long = String(repeating: "x", count: 5000)
    #expect(read("<\(long)/>").contains("a name of more than 1024 bytes"))
    #expect(read("<a b='\(long)'/>").contains("an attribute of more than 4096 bytes"))
    #expect(read("<a>\(long)</a>").contains("a text of more than 4096 bytes"))
    let many = (0...256).map { " a\($0)='1'" }.joined()
    #expect(read("<a\(many)/>").contains("more than 256 attributes"))
    let deep = String(repeating: "<a>", count: 65)
    #expect(read(deep).contains("elements more than 64 deep"))
  }

  @Test func `with a document type is refused`() {
    for text in ["<!DOCTYPE a><a/>", "<a/><!DOCTYPE a>", "<![CDATA[x]]><a/>", "<!ELEMENT a><a/>"] {
      #expect(read(text) == FileRefusal.documentType.description)
    }
    #expect(read("<?xml version='1.0' encoding='UTF-16'?><a/>") == FileRefusal.notUTF8.description)
  }
}
