extension XMLReader {
  mutating func rawName() throws(FileRefusal) -> [UInt8] {
    var name: [UInt8] = []
    while let byte = try peek(), Self.isNameByte(byte, isFirst: name.isEmpty) {
      name.append(byte)
      try advance()
      guard name.count <= 1024 else {
        throw .beyondLimit("a name of more than 1024 bytes", line: line)
      }
    }
    guard !name.isEmpty else { throw wrong("a name is missing") }
    return name
  }

  private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"), UInt8(ascii: ":"), 0x80...0xFF:
      true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
    default: false
    }
  }

  mutating func endTag() throws(FileRefusal) {
    let raw = try rawName()
    try skipSpace()
    guard let open = opened.last, names[open.nameStart...].elementsEqual(raw) else {
      throw wrong("an end tag does not match its start tag")
    }
    try expect(">", "a \">\" is missing")
    close()
  }

  /// Closes the innermost element, and says its name again.
  mutating func close() {
    guard let open = opened.popLast() else { return }
    name = open.name
    namespace = open.namespace
    names.removeSubrange(open.nameStart...)
    bindings.removeSubrange(open.bindingCount...)
    wantsText = false
  }

  mutating func startTag() throws(FileRefusal) {
    wantsText = false
    text.removeAll(keepingCapacity: true)
    guard !opened.isEmpty || !hasRoot else { throw wrong("a second element after the first") }
    hasRoot = true
    let raw = try rawName()
    let bindingCount = bindings.count
    attributes.removeAll(keepingCapacity: true)
    var prefixes: [[UInt8]] = []
    while true {
      let isApart = try skipSpace()
      guard let byte = try peek() else { throw wrong("it ends before its first element does") }
      if byte == UInt8(ascii: "/") {
        try advance()
        try expect(">", "a \">\" is missing")
        emptyElement = true
        break
      }
      if byte == UInt8(ascii: ">") {
        try advance()
        break
      }
      guard isApart else { throw wrong("a space is missing before an attribute") }
      try attribute(&prefixes, since: bindingCount)
    }
    for prefix in prefixes where resolve(prefix) == nil { throw unbound }
    let (prefix, local) = try split(raw)
    guard let found = resolve(prefix) else { throw unbound }
    name = String(decoding: local, as: UTF8.self)
    namespace = found
    opened.append(
      Open(nameStart: names.count, bindingCount: bindingCount, name: name, namespace: found))
    names += raw
    guard opened.count <= InterchangeLimits.xmlDepth else {
      throw .beyondLimit("elements more than \(InterchangeLimits.xmlDepth) deep", line: line)
    }
  }

  private var unbound: FileRefusal { wrong("a prefix that no namespace is declared for") }

  /// An attribute, or the declaration of a namespace.
  private mutating func attribute(
    _ prefixes: inout [[UInt8]], since bindingCount: Int
  ) throws(FileRefusal) {
    let raw = try rawName()
    try skipSpace()
    try expect("=", "an attribute without its value")
    try skipSpace()
    let value = try attributeValue()
    let (prefix, local) = try split(raw)
    if prefix == Self.xmlns || prefix.isEmpty && local == Self.xmlns {
      let declared = prefix.isEmpty ? [] : local
      guard !bindings[bindingCount...].contains(where: { $0.prefix == declared }) else {
        throw wrong("an attribute is given twice")
      }
      guard !value.isEmpty || declared.isEmpty else { throw wrong("a prefix for no namespace") }
      bindings.append(Binding(prefix: declared, namespace: Self.namespace(value)))
      return
    }
    let name = String(decoding: raw, as: UTF8.self)
    guard !attributes.contains(where: { $0.name == name }) else {
      throw wrong("an attribute is given twice")
    }
    guard attributes.count < 256 else {
      throw .beyondLimit("more than 256 attributes", line: line)
    }
    if !prefix.isEmpty { prefixes.append(prefix) }
    attributes.append((name, value))
  }

  private mutating func attributeValue() throws(FileRefusal) -> String {
    guard let quote = try peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      throw wrong("an attribute without its value")
    }
    try advance()
    var value: [UInt8] = []
    while true {
      guard let byte = try peek() else { throw wrong("it ends before its first element does") }
      if byte == UInt8(ascii: "&") {
        value += try reference()
      } else {
        try advance()
        if byte == quote { return String(decoding: value, as: UTF8.self) }
        guard byte != UInt8(ascii: "<") else { throw wrong("a \"<\" in an attribute") }
        value.append(Self.isSpace(byte) ? 0x20 : byte)
      }
      guard value.count <= InterchangeLimits.xmlText else {
        throw .beyondLimit(
          "an attribute of more than \(InterchangeLimits.xmlText) bytes", line: line)
      }
    }
  }

  /// A name's prefix, which may be empty, and the rest.
  private func split(_ raw: [UInt8]) throws(FileRefusal) -> ([UInt8], [UInt8]) {
    guard let colon = raw.firstIndex(of: UInt8(ascii: ":")) else { return ([], raw) }
    let local = raw[(colon + 1)...]
    guard colon > 0, let first = local.first, Self.isNameByte(first, isFirst: true),
      !local.contains(UInt8(ascii: ":"))
    else { throw wrong("a name with a colon out of place") }
    return (Array(raw[..<colon]), Array(local))
  }

  /// The namespace that a prefix stands for; `nil` where none is declared.
  private func resolve(_ prefix: [UInt8]) -> Namespace? {
    if let binding = bindings.last(where: { $0.prefix == prefix }) { return binding.namespace }
    if prefix.isEmpty { return Namespace.none }
    return prefix == Self.xml ? .other : nil
  }

  private static func namespace(_ uri: String) -> Namespace {
    switch uri {
    case "": Namespace.none
    case "http://naesb.org/espi": .espi
    case "http://www.w3.org/2005/Atom": .atom
    default: .other
    }
  }

  private static let xmlns = Array("xmlns".utf8)
  private static let xml = Array("xml".utf8)
}
