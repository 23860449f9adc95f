import CivilTime
public import Metering
public import Tariffs

/// What is in the bank after the bill of this entry, and counts on the next. The bank holds what the
/// last bill's entry says, and nothing else.
public struct KwhBanked: Hashable, Sendable {
  /// Where it counts, and how much.
  public var bank: [BankedEnergy]

  /// What is in the bank.
  public init(_ bank: [BankedEnergy]) { self.bank = bank }
}

/// Energy from the bank that was used on the bill of this entry, and is not billed.
public struct KwhApplied: Hashable, Sendable {
  /// The number of the segment of the period, from 0.
  public var segment: UInt8
  /// The time-of-use period's number in its tariff version, from 0.
  public var period: UInt8
  /// How much.
  public var energy: Energy

  /// Energy from the bank.
  public init(segment: UInt8, period: UInt8, energy: Energy) {
    self.segment = segment
    self.period = period
    self.energy = energy
  }
}

/// Energy that left the bank on the bill of this entry without being used.
public struct KwhExpired: Hashable, Sendable {
  /// How much.
  public var energy: Energy
  /// Whether a line of the bill pays for it.
  public var isPaid: Bool

  /// Energy that expired.
  public init(energy: Energy, isPaid: Bool) {
    self.energy = energy
    self.isPaid = isPaid
  }
}

extension BankStatement {
  /// The events that say what became of banked energy.
  var events: [Event] {
    var events: [Event] = []
    for period in periods where period.applied > .zero {
      events.append(
        .kwhApplied(
          KwhApplied(segment: period.segment, period: period.period, energy: period.applied)))
    }
    if settled > .zero { events.append(.kwhExpired(KwhExpired(energy: settled, isPaid: true))) }
    if expired > .zero { events.append(.kwhExpired(KwhExpired(energy: expired, isPaid: false))) }
    if !closing.isEmpty { events.append(.kwhBanked(KwhBanked(closing))) }
    return events
  }
}

extension AccountState {
  /// What the bills so far leave to the next one under these tariffs.
  func carried(to spans: [TariffSpan]) -> Carried {
    var carried = Carried(bank: bank)
    if spans.contains(where: { $0.tariff.hasRatchet }) {
      carried.peaks = bills.suffix(DemandComponent.Ratchet.maximumBills).compactMap(\.peak)
    }
    if spans.contains(where: { $0.tariff.hasYearlyMinimum }) {
      for invoice in bills.reversed() {
        if invoice.period.middle.parts.month == 12 { break }
        carried.counted += invoice.counted
      }
    }
    return carried
  }
}
