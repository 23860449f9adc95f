/// A read model: a name, a version, and how each entry of the book changes its rows.
///
/// It reads entries and writes rows and does nothing else: no clock, no input or output, no other
/// projection, and not even its own rows, so that entries can be folded in parts, on all cores. Cut
/// the book's entries into parts anywhere, give each part to a copy, and join what they say in the
/// order of the parts: the rows must be the same. It stops at an event it does not know: it never
/// skips one.
public protocol Projection: Sendable {
  /// Name and version, also its file's. The version is another whenever the same book would give
  /// other rows.
  var identity: ProjectionIdentity { get }

  /// Writes into `rows` what the entry in `bytes` changes. It may keep sums for `flush`.
  ///
  /// - Throws: whatever the event's decoder throws; the projection stops there.
  mutating func evolve(
    _ entry: EntryPlace, at position: Position, _ bytes: RawSpan, into rows: inout RowChanges)
    throws

  /// Writes into `rows` what it has kept since the last time, and forgets it. Called at the end of
  /// each part.
  mutating func flush(into rows: inout RowChanges)
}

extension Projection {
  /// Most keep nothing.
  public func flush(into rows: inout RowChanges) {}
}

/// A projection's name and version, as `revenue@3`.
public struct ProjectionIdentity: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// Lower-case letters and hyphens.
  public let name: String
  /// From 1.
  public let version: Int

  /// The projection `name` at `version`.
  public init(_ name: String, _ version: Int) {
    self.name = name
    self.version = version
  }

  /// Reads `name@version`; `nil` for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let version = Int(parts[1]), version > 0,
      String(version) == parts[1]
    else { return nil }
    self.init(String(parts[0]), version)
  }

  /// By name, then version.
  public static func < (left: Self, right: Self) -> Bool {
    (left.name, left.version) < (right.name, right.version)
  }

  /// `name@version`.
  public var description: String { "\(name)@\(version)" }
}
