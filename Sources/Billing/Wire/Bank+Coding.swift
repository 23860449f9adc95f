public import EventSourcing
import Metering
public import Tariffs

extension KwhBanked: WireMessage {
  /// `KwhBanked`.
  public static var wireName: StaticName { "KwhBanked" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(try coder.messages(1, it?.bank, bytes))
  }
}

extension BankedEnergy: WireMessage {
  /// `BankedEnergy`.
  public static var wireName: StaticName { "BankedEnergy" }

  /// Codes the fields. An hour is stored as one more than itself; without one it is a period by name.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let hour = try coder.index(1, it.map { $0.hour }, bytes)
    let period = try coder.text(2, it?.period, bytes)
    let energy = try coder.signed(3, it?.energy.milliwattHours, bytes)
    guard hour == nil || period.isEmpty else { try coder.refuse(2) }
    return Self(
      slot: hour.map { .hour($0) } ?? .period(period), energy: Energy(milliwattHours: energy))
  }

  private var hour: UInt8? {
    if case .hour(let hour) = slot { hour } else { nil }
  }

  private var period: String {
    if case .period(let name) = slot { name } else { "" }
  }
}

extension KwhApplied: WireMessage {
  /// `KwhApplied`.
  public static var wireName: StaticName { "KwhApplied" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let segment = try coder.integer(1, it?.segment, bytes)
    let period = try coder.integer(2, it?.period, bytes)
    let energy = try coder.signed(3, it?.energy.milliwattHours, bytes)
    return Self(segment: segment, period: period, energy: Energy(milliwattHours: energy))
  }
}

extension KwhExpired: WireMessage {
  /// `KwhExpired`.
  public static var wireName: StaticName { "KwhExpired" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let energy = try coder.signed(1, it?.energy.milliwattHours, bytes)
    return Self(
      energy: Energy(milliwattHours: energy), isPaid: try coder.flag(2, it?.isPaid, bytes))
  }
}
