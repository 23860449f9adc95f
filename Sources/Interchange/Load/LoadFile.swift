public import CivilTime

/// A load: the energy of each interval of whole months, in order and without a hole.
public struct Load: Hashable, Sendable {
  /// How long an interval is: 5, 10, 15, 20, 30 or 60 minutes.
  public var minutes: Int
  /// When the first one begins.
  public var start: Instant
  /// The clocks that its days and hours follow.
  public var zone: ZoneRules
  /// The energy of each in kWh; negative where more was delivered to the grid than taken from it.
  public var values: [ExactDecimal]
  /// The line of the first value in its file, for messages.
  public var firstLine: Int

  /// The first local day.
  public var firstDay: Day { zone.day(of: start) }
  /// The local day after the last.
  public var endDay: Day { zone.day(of: start + Int64(minutes * values.count * 60)) }
}

/// What clocks the stamps of a load mean.
public enum LoadClock: Hashable, Sendable {
  /// Those of a zone, with its changes: days of 23 and 25 hours.
  case zone(ZoneRules)
  /// Clocks that never change. Stamps that carry an offset must all carry the same.
  case fixedOffset
  /// Clocks that never change, by the stamps' own silence: where they carry offsets that differ, the
  /// zone must be named.
  case unsaid
}

/// A row of a load file.
struct LoadRow: CSVRow {
  static let columns = [
    CSVColumn("start_local", .nothing), CSVColumn("start", .nothing), CSVColumn("kwh", .value),
  ]

  var start: LocalOrInstant
  /// Seconds east of UTC that the stamp carries, if it carries any.
  var offset: Int?
  var kilowattHours: ExactDecimal

  init(_ fields: borrowing CSVFields) throws(FieldError) {
    let column = fields.isEmpty(0) ? 1 : 0
    guard !fields.isEmpty(column) else { throw fields.fault(0, .missing) }
    (start, offset) = try fields.required(column) { bytes throws(RowError.Reason) in
      (try FieldText.time(bytes), FieldText.offsetAtEnd(bytes))
    }
    kilowattHours = try fields.required(2) { bytes throws(RowError.Reason) in
      let value = try FieldText.decimal(bytes)
      guard value.scaled(to: InterchangeLimits.loadPlaces) != nil else {
        throw .tooPrecise(FieldText.text(bytes), places: InterchangeLimits.loadPlaces)
      }
      return value
    }
  }
}

extension FieldText {
  /// The offset in a time's text, in seconds east of UTC; `nil` for a time on the wall.
  static func offsetAtEnd(_ bytes: Span<UInt8>) -> Int? {
    let text = text(bytes)
    guard text.utf8.count > 16 else { return nil }
    if text.hasSuffix("Z") { return 0 }
    guard let sign = text.dropFirst(11).firstIndex(where: { $0 == "+" || $0 == "-" }) else {
      return nil
    }
    let digits = text[sign...].filter(\.isNumber)
    guard digits.count == 4, let number = Int(digits) else { return nil }
    let seconds = number / 100 * 3600 + number % 100 * 60
    return text[sign] == "-" ? -seconds : seconds
  }
}

extension Load {
  /// Reads the load in `source`: CSV with the columns `start_local` (or `start`) and `kwh`.
  ///
  /// `calendar` names a year: a load of another one is taken hour by hour as if it began with that
  /// year. Everything odd that does no harm goes to `warnings`.
  ///
  /// - Throws: `LoadRefusal`, with the line.
  public init(
    _ source: ByteSource, clock: LoadClock, calendar: Int? = nil, warnings: inout [String]
  ) throws(LoadRefusal) {
    var builder = LoadBuilder(clock: clock)
    do {
      var reader = try CSVReader<LoadRow>(source)
      warnings += reader.warnings
      while let item = try reader.next() {
        switch item {
        case .row(let row, let line): try builder.add(row, line: line)
        case .error(let error): throw LoadRefusal.row(error)
        }
      }
    } catch let refusal as FileRefusal {
      throw .file(refusal)
    } catch let refusal as LoadRefusal {
      throw refusal
    } catch {
      throw .file(.unreadable(path: "the load", reason: "\(error)"))
    }
    self = try builder.load(calendar: calendar, warnings: &warnings)
  }
}
