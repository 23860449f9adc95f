import Billing
import CivilTime
import Interchange
import Metering
import Tariffs

/// How what a load delivers to the grid is dealt with.
public enum RateMetering: String, Sendable, CaseIterable {
  /// It counts against what is taken, period by period; a surplus goes on to the next month.
  case net
  /// It is paid for, interval by interval.
  case netBilling = "net-billing"
}

/// A load to be rated, and the conventions.
public struct RateRequest: Sendable {
  /// What clocks the load's times mean.
  public enum Clock: Sendable {
    /// Those of an IANA zone.
    case zone(String)
    /// Clocks that never change.
    case fixedOffset
    /// Clocks that never change, unless the times carry offsets that differ.
    case unsaid
  }

  /// The load's file.
  public var load: String
  /// What clocks its times mean.
  public var clock: Clock
  /// The year that the load is taken as; `nil` for its own.
  public var calendar: Int?
  /// How exports are dealt with; `nil` for what the tariff says.
  public var metering: RateMetering?
  /// Whether nothing is rounded, by the conventions of published studies; else as an invoice rounds.
  public var isExact: Bool

  /// A request.
  public init(
    load: String, clock: Clock = .unsaid, calendar: Int? = nil, metering: RateMetering? = nil,
    isExact: Bool = false
  ) {
    self.load = load
    self.clock = clock
    self.calendar = calendar
    self.metering = metering
    self.isExact = isExact
  }

  /// Reads the load.
  func read() throws -> RatableLoad {
    let clock: LoadClock =
      switch self.clock {
      case .zone(let name): .zone(try ZoneSource.pin(name).zone)
      case .fixedOffset: .fixedOffset
      case .unsaid: .unsaid
      }
    var warnings: [String] = []
    do {
      let load = try Load(
        ByteSource(path: load), clock: clock, calendar: calendar, warnings: &warnings)
      return try RatableLoad(load, file: self.load, warnings: warnings)
    } catch let refusal as LoadRefusal {
      throw Failure("\(load): \(refusal).")
    } catch let refusal as FileRefusal {
      throw Failure("\(load): \(refusal).")
    }
  }
}

/// A load as rating takes it.
struct RatableLoad {
  let file: String
  let block: IntervalBlock
  let zone: ZoneRules
  /// Calendar months, contiguous.
  let months: [BillingPeriod]
  let hasExports: Bool
  let warnings: [String]

  init(_ load: Load, file: String, warnings: [String]) throws {
    self.file = file
    self.warnings = warnings
    zone = load.zone
    let decimals = 3
    var values: [Int64] = []
    values.reserveCapacity(load.values.count)
    for (index, value) in load.values.enumerated() {
      guard let units = value.scaled(to: Energy.scale), units.magnitude <= Self.most else {
        throw Failure(
          "\(file): line \(load.firstLine + index), column kwh: \(value) is beyond what an interval "
            + "can hold.", advice: "Is it in kWh?")
      }
      values.append(units)
    }
    block = IntervalBlock(
      start: load.start, minutes: UInt8(load.minutes), decimals: UInt8(decimals), values: values)
    hasExports = values.contains { $0 < 0 }
    var months: [BillingPeriod] = []
    var day = load.firstDay
    while day < load.endDay {
      let next = day.adding(months: 1, cycleDay: 1)
      months.append(BillingPeriod(start: day, end: next))
      day = next
    }
    self.months = months
  }

  /// The most energy of an interval, in units of 1e-6 kWh: one GWh.
  private static let most: UInt64 = 1_000_000_000_000
}
