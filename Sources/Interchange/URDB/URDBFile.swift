import Foundation

/// The rates in a URDB file: a bare record, a list of records, or what the API answers, `{"items": [...]}`.
public struct URDBFile: Sendable {
  /// A record of the file, read or refused.
  public struct Record: Sendable {
    /// Where it stands, as `items[2]`; empty where it is the whole file.
    public var path: String
    /// Its utility and name, label or place: what a person calls it.
    public var title: String
    /// The rate; `nil` where there are problems.
    public var rate: URDBRate?
    /// Everything that makes it impossible to use.
    public var problems: [RuleFileProblem]
  }

  /// The records, in the file's order.
  public let records: [Record]
  /// The bytes of the file: what the hash of the source is taken of.
  public let bytes: [UInt8]

  /// Reads the file at `path`.
  ///
  /// - Throws: `FileRefusal` if it cannot be read, is not JSON or holds no record.
  public init(path: String) throws(FileRefusal) {
    let source = try ByteSource(path: path)
    var bytes: [UInt8] = []
    while true {
      let piece = try source.next()
      if piece.isEmpty { break }
      bytes += piece
      guard bytes.count <= InterchangeLimits.jsonFile else { break }
    }
    try self.init(bytes, name: path)
  }

  /// Reads the file of these bytes, called `name` in messages.
  public init(_ bytes: [UInt8], name: String) throws(FileRefusal) {
    self.bytes = bytes
    let root = try JSONReader.value(bytes)
    let found: [(path: String, value: JSONValue)]
    if let items = root["items"]?.elements {
      found = items.enumerated().map { ("items[\($0.offset)]", $0.element) }
    } else if let elements = root.elements {
      found = elements.enumerated().map { ("[\($0.offset)]", $0.element) }
    } else {
      found = [("", root)]
    }
    guard !found.isEmpty, found.allSatisfy({ Self.isRecord($0.value) }) else {
      throw .notURDB(root: root.kind)
    }
    records = found.map { path, value in
      let reading = URDBReading(value, file: name, path: path)
      let rate = reading.rate()
      return Record(
        path: path, title: Self.title(value) ?? (path.isEmpty ? name : path), rate: rate,
        problems: reading.problems)
    }
  }

  /// Whether an object looks like a rate: it has a field that only rates have.
  private static func isRecord(_ value: JSONValue) -> Bool {
    let telling: Set<String> = [
      "energyratestructure", "energyweekdayschedule", "demandratestructure", "flatdemandstructure",
      "fixedchargefirstmeter", "fixedmonthlycharge", "eiaid", "label", "sector",
    ]
    return value.members?.contains { telling.contains(URDBFields.canonical($0.name)) } ?? false
  }

  private static func title(_ value: JSONValue) -> String? {
    func text(_ name: String) -> String? {
      value.members?.first { URDBFields.canonical($0.name) == name }?.value.string
    }
    let parts = [text("utility"), text("name")].compactMap { $0 }
    return parts.isEmpty ? text("label") : parts.joined(separator: " / ")
  }
}
