import Billing
import Foundation
import Interchange
import Metering

/// An interval as a file gives it, CSV or Green Button.
struct ImportedInterval: Sendable {
  var meter: String
  /// The channel's name, if the file gives it.
  var register: String?
  /// The direction of the channel that is meant, if the file gives that instead.
  var direction: FlowDirection?
  var start: LocalOrInstant
  var minutes: UInt8?
  var energy: Energy
  var quality: Quality
}

extension Ledger {
  /// Records interval energy from a CSV or Green Button file.
  ///
  /// - Parameter meter: The meter that a Green Button file's only usage point is; without it a
  ///   usage point is the meter of the same name.
  public func importIntervals(
    from file: String, meter: String?, progress: @escaping ProgressHandler
  ) throws -> ImportReport {
    if try Self.isXML(file) {
      return try importGreenButton(from: file, meter: meter, progress: progress)
    }
    guard meter == nil else {
      throw Failure(
        "--meter is for Green Button files, and \(file) is not XML.",
        advice: "Leave it out: the column `meter` says whose the intervals are.")
    }
    var reader = try Self.reading(file) { source throws(FileRefusal) in
      try CSVReader<IntervalRow>(source)
    }
    let session = try ImportSession(
      self, .interval, file: file, unit: "intervals", header: reader.header, progress: progress)
    session.warn(reader.warnings)
    try forEachSlice(of: &reader, file, .interval) { lines, rejections in
      let intervals = lines.map { line in
        Line(row: ImportedInterval(line.row), line: line.line, raw: line.raw)
      }
      try record(intervals, rejections, session)
    }
    return try session.finish()
  }

  private static func isXML(_ file: String) throws -> Bool {
    guard let handle = FileHandle(forReadingAtPath: file) else {
      throw Failure(
        "Cannot read \(file).", advice: "Check that it exists and that you may read it.")
    }
    // A folder opens and cannot be read; the CSV reader says so.
    let head = (try? handle.read(upToCount: 64)) ?? Data()
    return head.first { ![0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) } == 0x3C
  }

  private func record(
    _ lines: [Line<ImportedInterval>], _ rejections: [Rejection], _ session: ImportSession
  ) throws {
    let now = session.now.instant
    try record(lines, rejections, session, meter: \.meter) { lines, account, state, rulebook in
      try IntervalDecision.decide(lines, on: account, state, rulebook, now: now)
    }
  }
}

extension ImportedInterval {
  /// An interval of a CSV file.
  init(_ row: IntervalRow) {
    self.init(
      meter: row.meter, register: row.register, direction: nil, start: row.start,
      minutes: row.minutes, energy: row.energy, quality: row.quality)
  }
}

// MARK: - Green Button

extension Ledger {
  private func importGreenButton(
    from path: String, meter: String?, progress: @escaping ProgressHandler
  ) throws -> ImportReport {
    let file = try Self.reading(path) { () throws(FileRefusal) in try GreenButtonFile(path: path) }
    let outline = file.outline
    if let meter, outline.usagePoints.count != 1 {
      throw Failure(
        "\(path) holds \(outline.usagePoints.count) usage points, and --meter \(meter) names one.",
        advice: "Leave --meter out and name the meters as the usage points: "
          + outline.usagePoints.map(\.id).joined(separator: ", ") + ".")
    }
    guard outline.channels.contains(where: { $0.refusal == nil }) else {
      let reasons = outline.channels.compactMap { $0.refusal.map { "\($0)" } }
      throw Failure(
        "\(path): nothing in it can be billed (\(outline.intervals) intervals).",
        advice: reasons.isEmpty
          ? "It holds no intervals." : Set(reasons).sorted().joined(separator: "; ") + ".")
    }
    let session = try ImportSession(
      self, .interval, file: path, unit: "intervals", header: ImportedInterval.header,
      progress: progress)
    session.warn(outline.warnings)
    for channel in outline.channels {
      guard let refusal = channel.refusal else { continue }
      session.warn(["channel \(channel.id), \(channel.intervals) intervals, not used: \(refusal)"])
    }
    var lines: [Line<ImportedInterval>] = []
    var rejections: [Rejection] = []
    func name(_ index: Int) -> String {
      meter ?? outline.channels[index].usagePoint.map { outline.usagePoints[$0].id } ?? ""
    }
    try file.forEachInterval { item in
      switch item {
      case .interval(let interval):
        let channel = outline.channels[interval.channel]
        lines.append(
          Line(
            row: ImportedInterval(
              meter: name(interval.channel), register: nil, direction: channel.direction,
              start: .instant(interval.start), minutes: interval.minutes,
              energy: interval.energy, quality: interval.quality),
            line: interval.line, raw: ImportedInterval.record(interval, name(interval.channel))))
      case .error(let error):
        var rejection = Rejection(
          .interval, line: error.line, code: error.reason.code, detail: "\(error)")
        rejection.meter = name(error.channel)
        rejection.raw = Array(error.text.utf8)
        rejections.append(rejection)
      }
      if lines.count + rejections.count == ImportSession.rowsSorted {
        try record(lines, rejections, session)
        (lines, rejections) = ([], [])
      }
    }
    if lines.count + rejections.count > 0 { try record(lines, rejections, session) }
    return try session.finish()
  }
}

extension ImportedInterval {
  /// The header of `record`.
  fileprivate static let header = Array("meter,start,minutes,kwh".utf8)

  /// An interval of a Green Button file as a CSV record, so that it can be corrected.
  fileprivate static func record(_ interval: GreenButtonInterval, _ meter: String) -> [UInt8] {
    Array(
      "\(meter),\(interval.start),\(interval.minutes),\(interval.energy.kilowattHours)".utf8)
  }
}

extension GreenButtonError.Reason {
  fileprivate var code: String {
    switch self {
    case .missing: "missing"
    case .notWhole: "not-whole"
    case .notWattHours: "not-watt-hours"
    case .notIntervalLength: "wrong-length"
    }
  }
}
