import CivilTime
public import EventSourcing
import Metering
import Money
public import Tariffs

extension TaxRulePublished: WireMessage {
  /// `TaxRulePublished`.
  public static var wireName: StaticName { "TaxRulePublished" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let rule = it?.rule
    let jurisdiction = try coder.text(1, rule?.jurisdiction, bytes)
    let level = try coder.choice(2, rule?.level, common: JurisdictionLevel.state, bytes)
    let code = try coder.text(3, rule?.code, bytes)
    let title = try coder.text(4, rule?.title, bytes)
    let rate = try coder.signed(5, rule?.rate.rawValue, bytes)
    let from = try coder.day(6, rule?.effectiveFrom, bytes)
    let base: [RevenueClass] = try coder.choices(7, rule?.baseClasses, bytes)
    let hash = try coder.data(8, it?.contentHash, bytes)
    return Self(
      TaxRule(
        jurisdiction: jurisdiction, level: level, code: code, title: title,
        rate: Rate(rawValue: rate), effectiveFrom: from, baseClasses: base), contentHash: hash)
  }
}

extension CalendarPublished: WireMessage {
  /// `CalendarPublished`.
  public static var wireName: StaticName { "CalendarPublished" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let calendar = it?.calendar
    let name = try coder.text(1, calendar?.name, bytes)
    let version = try coder.integer(2, calendar?.version, bytes)
    let from = try coder.day(3, calendar?.effectiveFrom, bytes)
    let weekend: [Weekday] = try coder.choices(4, calendar?.weekendDays, bytes)
    let holidays: [Holiday] = try coder.messages(5, calendar?.holidays, bytes)
    let seasons: [Season] = try coder.messages(6, calendar?.seasons, bytes)
    let hash = try coder.data(7, it?.contentHash, bytes)
    let yearly: [YearlyHoliday] = try coder.messages(8, calendar?.yearlyHolidays, bytes)
    return Self(
      Calendar(
        name: name, version: version, effectiveFrom: from, weekendDays: weekend,
        holidays: holidays, yearlyHolidays: yearly, seasons: seasons), contentHash: hash)
  }
}

extension Holiday: WireMessage {
  /// `Holiday`.
  public static var wireName: StaticName { "Holiday" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let day = try coder.day(1, it?.day, bytes)
    return Self(day: day, name: try coder.text(2, it?.name, bytes))
  }
}

extension YearlyHoliday: WireMessage {
  /// `YearlyHoliday`.
  public static var wireName: StaticName { "YearlyHoliday" }

  /// Codes the fields. A date has a day, a weekday of a month a weekday and which one.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let parts = it?.parts
    let month = try coder.integer(1, parts?.month, bytes)
    let day = try coder.integer(2, parts?.day, bytes)
    let weekday: Weekday? = try coder.optionalChoice(3, parts?.weekday, bytes)
    let nth = try coder.integer(4, parts?.nth, bytes)
    let observed = try coder.choice(5, it?.observed, common: Observance.sameDay, bytes)
    let name = try coder.text(6, it?.name, bytes)
    guard (weekday == nil) == (nth == 0), weekday == nil || day == 0 else {
      try coder.refuse(4)
    }
    return Self(
      weekday.map { .weekday(month: month, $0, nth: nth) } ?? .date(month: month, day: day),
      observed: observed, name: name)
  }

  private var parts: (month: UInt8, day: UInt8, weekday: Weekday?, nth: UInt8) {
    switch rule {
    case .date(let month, let day): (month, day, nil, 0)
    case .weekday(let month, let weekday, let nth): (month, 0, weekday, nth)
    }
  }
}

extension Season: WireMessage {
  /// `Season`.
  public static var wireName: StaticName { "Season" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let name = try coder.text(1, it?.name, bytes)
    let month = try coder.integer(2, it?.month, bytes)
    return Self(name: name, month: month, day: try coder.integer(3, it?.day, bytes))
  }
}

extension ClassificationPublished: WireMessage {
  /// `ClassificationPublished`.
  public static var wireName: StaticName { "ClassificationPublished" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let its = it?.classification
    let name = try coder.text(1, its?.name, bytes)
    let version = try coder.integer(2, its?.version, bytes)
    let from = try coder.day(3, its?.effectiveFrom, bytes)
    let lines: [Classification.Line] = try coder.messages(4, its?.lines, bytes)
    let hash = try coder.data(5, it?.contentHash, bytes)
    let own = its.flatMap { $0.control == .standard ? nil : $0.control }
    let control: ControlAccounts? = try coder.message(6, own, bytes)
    guard control != .standard else { try coder.refuse(6) }
    return Self(
      Classification(
        name: name, version: version, effectiveFrom: from, control: control ?? .standard,
        lines: lines), contentHash: hash)
  }
}

extension Classification.Line: WireMessage {
  /// `ClassificationLine`.
  public static var wireName: StaticName { "ClassificationLine" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let code = try coder.text(1, it?.code, bytes)
    let revenueClass: RevenueClass? = try coder.optionalChoice(2, it?.revenueClass, bytes)
    let ledger = try coder.text(3, it?.ledger, bytes)
    let customerClass: CustomerClass? = try coder.optionalChoice(4, it?.customerClass, bytes)
    let reportsAs: RevenueClass? = try coder.optionalChoice(5, it?.reportsAs, bytes)
    return Self(
      code: code, revenueClass: revenueClass, customerClass: customerClass, ledger: ledger,
      reportsAs: reportsAs)
  }
}

extension ControlAccounts: WireMessage {
  /// `ControlAccounts`.
  public static var wireName: StaticName { "ControlAccounts" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let cash = try coder.text(1, it?.cash, bytes)
    let receivables = try coder.text(2, it?.receivables, bytes)
    let credits = try coder.text(3, it?.credits, bytes)
    let uncollectible = try coder.text(4, it?.uncollectible, bytes)
    let taxes = try coder.text(5, it?.taxes, bytes)
    return Self(
      cash: cash, receivables: receivables, credits: credits, uncollectible: uncollectible,
      taxes: taxes, accrued: try coder.text(6, it?.accrued, bytes))
  }
}

extension ZoneRulesPinned: WireMessage {
  /// `ZoneRulesPinned`.
  public static var wireName: StaticName { "ZoneRulesPinned" }

  /// Codes the fields. The transitions are stored as two lists of one length.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let zone = it?.zone
    let name = try coder.text(1, zone?.name, bytes)
    let source = try coder.text(2, it?.source, bytes)
    let initial = try coder.integer(3, zone?.initialOffset, bytes)
    let instants = try coder.packedSigned(4, zone?.transitions.map(\.instant.rawValue), bytes)
    let offsets = try coder.packedSigned(5, zone?.transitions.map { Int64($0.offset) }, bytes)
    let hash = try coder.data(6, it?.contentHash, bytes)
    guard offsets.count == instants.count else { try coder.refuse(5) }
    var transitions: [ZoneRules.Transition] = []
    transitions.reserveCapacity(instants.count)
    for index in instants.indices {
      let instant = Instant(rawValue: instants[index])
      guard transitions.last.map({ $0.instant < instant }) ?? true else { try coder.refuse(4) }
      guard let offset = Int32(exactly: offsets[index]) else { try coder.refuse(5) }
      transitions.append(ZoneRules.Transition(instant: instant, offset: offset))
    }
    return Self(
      ZoneRules(name: name, initialOffset: initial, transitions: transitions), source: source,
      contentHash: hash)
  }
}

extension ActorRegistered: WireMessage {
  /// `ActorRegistered`.
  public static var wireName: StaticName { "ActorRegistered" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let actor = try coder.text(1, it?.actor, bytes)
    let name = try coder.text(2, it?.name, bytes)
    let role = try coder.text(3, it?.role, bytes)
    let key = try coder.data(4, it?.publicKey, bytes)
    return Self(actor: actor, name: name, role: role, publicKey: key)
  }
}
