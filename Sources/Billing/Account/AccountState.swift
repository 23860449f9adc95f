public import CivilTime
public import Metering
public import Money
public import Tariffs

/// What an account's events add up to: as much as its decisions need.
///
/// It keeps every reading and every interval, compactly, because what was recorded once must be
/// recognised when it comes again.
public struct AccountState: Hashable, Sendable {
  /// The version of the stream that was folded.
  public internal(set) var version: UInt64 = 0
  /// The index, in its entry, of the event to be folded next.
  var nextIndex: UInt32 = 0
  /// The account's particulars; `nil` until it is opened.
  public internal(set) var details: AccountOpened?
  /// The day it was closed.
  public internal(set) var closed: Day?
  /// The first day served.
  public internal(set) var serviceStart: Day?
  /// The day after the last one served.
  public internal(set) var serviceStop: Day?
  /// The rate plans, by their first day.
  public internal(set) var plans: [PlanAssignment] = []
  /// The meters, in the order of installation.
  public internal(set) var meters: [Meter] = []
  /// The invoices, by ordinal.
  public internal(set) var invoices: [Invoice] = []
  /// The energy in the bank after the last invoice.
  public internal(set) var bank: [BankedEnergy] = []
  /// The energy banked by the entry that is being folded.
  var banking: [BankedEnergy] = []
  /// The exemptions from taxes, in the order they were granted: number `n` is `exemptions[n - 1]`.
  public internal(set) var exemptions: [Exemption] = []
  /// Payments, and what else is beside the invoices.
  public internal(set) var receivables = Receivables()

  /// An account that is not opened yet.
  public init() {}

  /// Becomes an account that is not opened yet, and keeps the room that its lists have; `memory` takes
  /// what the next may have in common with it.
  mutating func reset(_ memory: inout FoldMemory) {
    memory.take(&details, meters.popLast())
    (version, nextIndex) = (0, 0)
    (closed, serviceStart, serviceStop) = (nil, nil, nil)
    plans.removeAll(keepingCapacity: true)
    meters.removeAll(keepingCapacity: true)
    invoices.removeAll(keepingCapacity: true)
    bank.removeAll(keepingCapacity: true)
    banking.removeAll(keepingCapacity: true)
    exemptions.removeAll(keepingCapacity: true)
    if receivables.isUsed { receivables = Receivables() }
  }

  /// The day up to which everything is billed.
  public var billedThrough: Day? {
    lastBill?.period.end
  }

  /// Whether the last bill after service stopped has been issued.
  public var isFinallyBilled: Bool {
    lastBill?.isFinal ?? false
  }

  /// Whether it can still change.
  public var isOpen: Bool {
    if case .some = details { return closed == nil }
    return false
  }
}

extension AccountState {
  /// A meter that serves or served the account.
  public struct Meter: Hashable, Sendable {
    /// Its identifier.
    public var id: String
    /// When it was installed.
    public var installed: Instant
    /// When it was removed.
    public var removed: Instant?
    /// Where, if not at the account's service point; else empty.
    public var servicePoint: String
    /// Its registers and channels.
    public var registers: [Register]
    /// What its energy is billed by.
    let measure: Measure

    init(_ installed: MeterInstalled) {
      self.init(
        id: installed.meter, installed: installed.at, servicePoint: installed.servicePoint,
        registers: installed.registers.map { Register($0) })
    }

    /// Becomes the meter as it was installed, and keeps the room that its lists have.
    mutating func empty() {
      removed = nil
      for index in registers.indices { registers[index].empty() }
    }

    init(id: String, installed: Instant, servicePoint: String, registers: [Register]) {
      self.id = id
      self.installed = installed
      self.servicePoint = servicePoint
      self.registers = registers
      measure =
        registers.contains { $0.isChannel && $0.spec.direction == .import }
        ? .intervals : registers.contains(where: \.isDial) ? .dials : .nothing
    }
  }

  /// What a meter's energy is billed by: by its channels if it has any, else by its dials.
  enum Measure: UInt8, Sendable {
    case nothing, dials, intervals
  }

  /// A register, or an interval channel, and what was recorded of it.
  public struct Register: Hashable, Sendable {
    /// What it is.
    public var spec: RegisterSpec
    /// Its readings, by time.
    public var readings: [Reading] = []
    /// The index of the reading up to which everything is billed; 0, the one it started with, until
    /// then.
    public var billed = 0
    /// Its intervals, by time, without overlap.
    public var blocks: [Block] = []
    /// Whether it records intervals.
    public let isChannel: Bool
    /// Whether it is a dial that measures what the customer takes.
    let isDial: Bool
    /// Whether it is a dial that measures what the customer delivers.
    var isExportDial: Bool { !isChannel && !isDial }

    init(_ spec: RegisterSpec) {
      self.spec = spec
      isChannel = spec.intervalMinutes != nil
      isDial = !isChannel && spec.direction == .import
    }

    mutating func empty() {
      readings.removeAll(keepingCapacity: true)
      billed = 0
      blocks.removeAll(keepingCapacity: true)
    }
  }

  /// A reading.
  public struct Reading: Hashable, Sendable {
    /// When.
    public var at: Instant
    /// What the register showed, in units of its last decimal.
    public var value: Int64
    /// Where it is recorded.
    public var place: EventReference
    /// How far it can be trusted.
    public var quality: Quality
    /// How it was obtained.
    public var method: ReadingMethod
    /// Whether it must not be billed until it is accepted.
    public var isQuestioned = false
    /// The reading that this one supersedes.
    public var corrects: Superseded?

    /// Whether it, or the one it supersedes, is recorded at `place`.
    public func isRecorded(at place: EventReference) -> Bool {
      self.place == place || corrects?.place == place
    }
  }

  /// A reading that was corrected.
  public struct Superseded: Hashable, Sendable {
    /// What the register was said to show.
    public var value: Int64
    /// Where that is recorded.
    public var place: EventReference
  }

  /// Consecutive intervals of one local day.
  public struct Block: Hashable, Sendable {
    /// When the first begins.
    public var start: Instant
    /// The length of each.
    public var minutes: UInt8
    /// How many decimals of a watt-hour the values have.
    public var decimals: UInt8 = 0
    /// Energies in units of 10^-`decimals` watt-hours, one an interval.
    public var values: [Int32]
    /// One an interval; empty where all are actual.
    public var qualities: [Quality]
    /// Where it is recorded.
    public var place: EventReference
    /// The one that this one supersedes; empty where it corrects none.
    public var corrects: [Block] = []

    /// The seconds of an interval.
    var step: Int64 { Int64(minutes) * 60 }
    /// When the last ends.
    public var end: Instant { start + Int64(values.count) * step }
    /// The energy of interval `index`.
    func energy(at index: Int) -> Energy {
      Energy(milliwattHours: Int64(values[index]) * IntervalBlock.unit(decimals: decimals))
    }
    /// The block as metering has it.
    public var block: IntervalBlock {
      IntervalBlock(
        start: start, minutes: minutes, decimals: decimals, values: values.map(Int64.init),
        qualities: qualities)
    }
  }

  /// An invoice.
  public struct Invoice: Hashable, Sendable {
    /// From 1.
    public var ordinal: UInt32
    /// The days billed.
    public var period: BillingPeriod
    /// When it is due.
    public var due: Day
    /// The sum of its charges.
    public var total: Money
    /// Whether it is the last one after service stopped.
    public var isFinal: Bool
    /// The greatest power, where its tariff depended on it.
    public var peak: Power?
    /// What a yearly minimum counts of it.
    public var counted: Money
    /// The version of the entry that holds it.
    public var version: UInt64
    /// The ordinal of the invoice it replaces; 0 for none.
    public var replaces: UInt32
    /// Whether it bills no energy.
    public var isStatement: Bool
    /// The energy in the bank after it.
    public var bank: [BankedEnergy]
    /// Whether it was cancelled.
    public var isCancelled = false
    /// The ordinal of the invoice that replaces it; 0 for none.
    public var replacedBy: UInt32 = 0
    /// Its late fees, a part of its total.
    public var fees = Money.zero
    /// What is paid of its charges and taxes; below zero what is used of a credit.
    public var paid = Money.zero
    /// What is paid of its late fees.
    public var paidFees = Money.zero
    /// What is given up of its charges and taxes.
    public var writtenOff = Money.zero
    /// What is given up of its late fees.
    public var writtenOffFees = Money.zero
  }
}

extension AccountState {
  /// The number of the meter `id` on this account; the last of that name.
  public func meterNumber(_ id: String) -> Int? { meters.lastIndex { $0.id == id } }

  /// The register `number`, if there is one.
  public func register(_ number: RegisterNumber) -> Register? {
    guard Int(number.meter) < meters.count else { return nil }
    let registers = meters[Int(number.meter)].registers
    return Int(number.register) < registers.count ? registers[Int(number.register)] : nil
  }

  /// The plan in force on `day`.
  public func plan(on day: Day) -> String? { plans.last { $0.from <= day }?.plan }
}
