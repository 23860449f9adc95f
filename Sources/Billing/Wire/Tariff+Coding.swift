import CivilTime
public import EventSourcing
import Metering
import Money
public import Tariffs

extension TariffVersionPublished: WireMessage {
  /// `TariffVersionPublished`.
  public static var wireName: StaticName { "TariffVersionPublished" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let tariff = it?.tariff
    let plan = try coder.text(1, tariff?.plan, bytes)
    let version = try coder.integer(2, tariff?.version, bytes)
    let from = try coder.day(3, tariff?.effectiveFrom, bytes)
    let title = try coder.text(4, tariff?.title, bytes)
    let calendar = try coder.name(5, tariff?.calendar, bytes)
    let periods: [TouPeriod] = try coder.messages(6, tariff?.periods, bytes)
    let components: [Component] = try coder.messages(7, tariff?.components, bytes)
    let hash = try coder.data(8, it?.contentHash, bytes)
    let demandPeriods: [TouPeriod] = try coder.messages(9, tariff?.demandPeriods, bytes)
    let basis = try coder.choice(10, tariff?.seasonBasis, common: SeasonBasis.day, bytes)
    let source = try coder.message(11, tariff?.source, bytes)
    return Self(
      TariffVersion(
        plan: plan, version: version, effectiveFrom: from, title: title, calendar: calendar,
        periods: periods, demandPeriods: demandPeriods, seasonBasis: basis, source: source,
        components: components), contentHash: hash)
  }
}

extension TouPeriod: WireMessage {
  /// `TouPeriod`.
  public static var wireName: StaticName { "TouPeriod" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let name = try coder.text(1, it?.name, bytes)
    return Self(name: name, windows: try coder.messages(2, it?.windows, bytes))
  }
}

extension TimeWindow: WireMessage {
  /// `TimeWindow`.
  public static var wireName: StaticName { "TimeWindow" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let season = try coder.name(1, it?.season, bytes)
    let days: [DayClass] = try coder.choices(2, it?.days, bytes)
    let start = try coder.integer(3, it?.startMinute, bytes)
    let end = try coder.integer(4, it?.endMinute, bytes)
    let months = try coder.months(5, it?.months, bytes)
    return Self(
      season: season, months: months, days: days, startMinute: start, endMinute: end)
  }
}

extension TariffSource: WireMessage {
  /// `TariffSource`.
  public static var wireName: StaticName { "TariffSource" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let format = try coder.text(1, it?.format, bytes)
    let label = try coder.text(2, it?.label, bytes)
    return Self(format: format, label: label, hash: try coder.data(3, it?.hash, bytes))
  }
}
