public import CivilTime
public import Metering

/// A Green Button (ESPI) file: what it holds, and its intervals one at a time.
///
/// The file is read twice, each time in constant memory: once to check it whole and to learn how its
/// entries belong together, which they may say in any order; once for the intervals. So nothing of a
/// file that breaks off in the middle is ever used.
public struct GreenButtonFile: Sendable {
  /// What the file holds.
  public let outline: GreenButtonOutline
  private let source: XMLSource
  /// The channel of each interval block, in the file's order.
  private let blockChannels: [Int32]

  /// Checks the file at `path` whole.
  public init(path: String) throws(FileRefusal) {
    try self.init(.file(path))
  }

  /// Checks a file that is in memory.
  public init(bytes: [UInt8]) throws(FileRefusal) {
    try self.init(.bytes(bytes))
  }

  private init(_ source: XMLSource) throws(FileRefusal) {
    self.source = source
    let survey = GreenButtonSurvey()
    do {
      try ESPIHandler.read(source, into: survey)
    } catch {
      throw error as? FileRefusal ?? .unreadable(path: "the file", reason: "\(error)")
    }
    (outline, blockChannels) = try survey.result()
  }

  /// Hands `body` each interval of the channels that can be billed, in the file's order.
  ///
  /// What a refused channel holds is counted in the outline and not handed out.
  /// - Throws: what `body` throws, and `FileRefusal` if the file has changed since it was checked.
  public func forEachInterval(_ body: (GreenButtonItem) throws -> Void) throws {
    try withoutActuallyEscaping(body) { body in
      let reader = GreenButtonIntervals(
        channels: outline.channels, blockChannels: blockChannels, body)
      try ESPIHandler.read(source, into: reader)
      try reader.finish()
    }
  }
}

/// What a Green Button file holds.
public struct GreenButtonOutline: Hashable, Sendable {
  /// Where energy or something else is delivered.
  public struct UsagePoint: Hashable, Sendable {
    /// The last part of its `self` link, or all of it where two points would share that.
    public var id: String
    /// ESPI's number of the kind of service: 0 is electricity; `nil` where the file does not say.
    public var serviceKind: Int?
  }

  /// The clock of the place, as the file describes it; for information, since times are instants.
  public struct LocalTimeParameters: Hashable, Sendable {
    /// Seconds east of UTC.
    public var zoneOffset: Int?
    /// Seconds added while daylight saving lasts.
    public var daylightOffset: Int?
    /// When daylight saving begins and ends, in ESPI's coded form.
    public var daylightRules: [String]
  }

  /// The usage points, in the file's order.
  public var usagePoints: [UsagePoint] = []
  /// The meter readings: each a stream of intervals of one kind at one usage point.
  public var channels: [GreenButtonChannel] = []
  /// The clock of the place.
  public var localTime: LocalTimeParameters?
  /// The number of interval blocks.
  public var blocks = 0
  /// The number of intervals, those of refused channels included.
  public var intervals = 0
  /// The sum of all values as they stand, before any power of ten.
  public var valueSum: Int128 = 0
  /// The sum of all costs as they stand.
  public var costSum: Int128 = 0
  /// When the earliest interval starts.
  public var firstStart: Instant?
  /// When the latest interval ends.
  public var lastEnd: Instant?
  /// What is odd and does no harm, in words.
  public var warnings: [String] = []
}

/// An interval that can be used, or one that cannot.
public enum GreenButtonItem: Hashable, Sendable {
  /// Energy over a span of time.
  case interval(GreenButtonInterval)
  /// An interval that was not understood.
  case error(GreenButtonError)
}

/// The energy of one interval.
public struct GreenButtonInterval: Hashable, Sendable {
  /// The index of its channel in the outline.
  public var channel: Int
  /// When it begins.
  public var start: Instant
  /// Its length.
  public var minutes: UInt8
  /// The energy; negative where it was delivered to the grid.
  public var energy: Energy
  /// How far it can be trusted.
  public var quality: Quality
  /// The line of the file where it ends.
  public var line: Int
  /// The interval in one line of XML, for the review queue.
  public var text: String { source.text }
  let source: ESPIReading
}

/// Why an interval was not understood. Other intervals are not affected.
public struct GreenButtonError: Error, Hashable, Sendable {
  /// The index of its channel in the outline.
  public let channel: Int
  /// The line of the file where it ends.
  public let line: Int
  /// What is wrong.
  public let reason: Reason
  /// The interval in one line of XML.
  public let text: String

  /// What can be wrong with an interval.
  public enum Reason: Hashable, Sendable {
    /// An element that every interval has is not there.
    case missing(String)
    /// An element that is not a whole number.
    case notWhole(String, String)
    /// Energy that is not a whole number of watt-hours.
    case notWattHours(String, powerOfTen: Int)
    /// A length that meters do not have.
    case notIntervalLength(seconds: Int64)
  }
}

extension GreenButtonError: CustomStringConvertible {
  /// What is wrong, where, and what to do.
  public var description: String {
    let what =
      switch reason {
      case .missing(let name): "the interval has no <\(name)>; ask the file's sender"
      case .notWhole(let name, let text):
        "<\(name)> is \"\(clipped(text))\", not a whole number; ask the file's sender"
      case .notWattHours(let text, let power):
        "\(clipped(text)) x 10^\(power) Wh is not a whole number of watt-hours; ask for a file in "
          + "watt-hours"
      case .notIntervalLength(let seconds):
        "an interval of \(seconds) s cannot be billed by time of use; ask for intervals of "
          + "5, 10, 15, 20, 30 or 60 minutes"
      }
    return "line \(line): \(what)"
  }
}
