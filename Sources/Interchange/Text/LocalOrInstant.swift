public import CivilTime

/// A time as a file gives it: an instant if it says its offset, else a time on the wall.
///
/// A time on the wall becomes an instant by the pinned zone rules of the account, which a file does
/// not know.
public enum LocalOrInstant: Hashable, Sendable {
  /// A wall-clock time without zone.
  case local(LocalTime)
  /// A moment: the file gave an offset or `Z`.
  case instant(Instant)

  /// The moment, by the clocks of `zone`; a local time that occurs twice is its first occurrence.
  public func resolved(in zone: ZoneRules) -> Instant {
    switch self {
    case .local(let time): zone.instant(of: time)
    case .instant(let instant): instant
    }
  }
}

extension LocalOrInstant: CustomStringConvertible {
  /// The time in ISO 8601, with `Z` if it is an instant.
  public var description: String {
    switch self {
    case .local(let time): time.description
    case .instant(let instant): instant.description
    }
  }
}

extension LocalOrInstant {
  /// The time that `text` gives as a field of a file would; `nil` if it is none.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let time = try? FieldText.time(bytes.span) else { return nil }
    self = time
  }
}
