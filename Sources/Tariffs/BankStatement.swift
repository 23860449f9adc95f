public import Metering

/// What became of banked energy on a bill.
public struct BankStatement: Hashable, Sendable {
  /// A period in which energy was banked or used.
  public struct Period: Hashable, Sendable {
    /// The segment's index.
    public var segment: UInt8
    /// The period's index in the segment's tariff.
    public var period: UInt8
    /// What was in the bank for it.
    public var opening: Energy
    /// What was taken net of what was delivered: below zero for a surplus.
    public var net: Energy
    /// What is in the bank for it afterwards.
    public var closing: Energy

    /// What of the bank was used.
    public var applied: Energy { max(.zero, min(opening, net)) }
    /// What was added to the bank.
    public var banked: Energy { max(.zero, -net) }
  }

  /// The periods, by segment.
  public var periods: [Period] = []
  /// What is left for the bill after.
  public var closing: [BankedEnergy] = []
  /// What expired unpaid.
  public var expired = Energy.zero
  /// What was paid for as the bank was emptied.
  public var settled = Energy.zero

  /// What of the bank was used.
  public var applied: Energy { periods.reduce(.zero) { $0 + $1.applied } }
  /// What was added to the bank.
  public var banked: Energy { periods.reduce(.zero) { $0 + $1.banked } }
}

/// A surplus of energy that counts on a later bill.
public struct BankedEnergy: Hashable, Sendable {
  /// Which period it counts in.
  public enum Slot: Hashable, Sendable {
    /// The one that holds this hour of a working weekday.
    case hour(UInt8)
    /// The one of this name; the empty name where a tariff has no periods.
    case period(String)
  }

  /// Where it counts.
  public var slot: Slot
  /// How much; above zero.
  public var energy: Energy

  /// A surplus.
  public init(slot: Slot, energy: Energy) {
    self.slot = slot
    self.energy = energy
  }
}

extension BankedEnergy: CustomStringConvertible {
  /// As `35 kWh for the period at 17:00`.
  public var description: String {
    switch slot {
    case .hour(let hour): "\(energy) for the period at \(hour):00"
    case .period(""): "\(energy)"
    case .period(let name): "\(energy) for \(name)"
    }
  }
}
