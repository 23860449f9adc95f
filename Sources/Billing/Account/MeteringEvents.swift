public import CivilTime
public import Metering
public import Tariffs

/// A meter began to serve the account. The readings it started with follow in the same entry.
public struct MeterInstalled: Hashable, Sendable {
  /// The meter's identifier.
  public var meter: String
  /// When.
  public var at: Instant
  /// Its registers and channels; their numbers are their places here.
  public var registers: [RegisterSpec]
  /// Where, if not at the account's service point; else empty.
  public var servicePoint: String

  /// A meter installed at a moment.
  public init(meter: String, at: Instant, registers: [RegisterSpec], servicePoint: String = "") {
    self.meter = meter
    self.at = at
    self.registers = registers
    self.servicePoint = servicePoint
  }
}

/// A meter ceased to serve the account. Its final readings precede this in the same entry.
public struct MeterRemoved: Hashable, Sendable {
  /// The meter's number on the account.
  public var meter: UInt16
  /// When.
  public var at: Instant

  /// A meter removed at a moment.
  public init(meter: UInt16, at: Instant) {
    self.meter = meter
    self.at = at
  }
}

/// One of an account's registers: the meter's number in the order of installation, from 0, and the
/// register's place in its `MeterInstalled`.
public struct RegisterNumber: Hashable, Comparable, Sendable {
  /// The meter's number on the account.
  public var meter: UInt16
  /// The register's number on the meter.
  public var register: UInt16

  /// A register's number.
  @inlinable
  public init(meter: UInt16 = 0, register: UInt16 = 0) {
    self.meter = meter
    self.register = register
  }

  /// By meter, then register.
  public static func < (left: Self, right: Self) -> Bool {
    (left.meter, left.register) < (right.meter, right.register)
  }
}

/// What a register showed at a moment.
public struct ReadingRecorded: Hashable, Sendable {
  /// Which register.
  public var register: RegisterNumber
  /// When.
  public var at: Instant
  /// What it showed, in units of the register's last decimal.
  public var value: Int64
  /// How far it can be trusted.
  public var quality: Quality
  /// How it was obtained.
  public var method: ReadingMethod
  /// From what a bill run estimated it; `nil` of any other reading.
  public var estimate: ReadingEstimate?

  /// A register's value at a moment.
  public init(
    register: RegisterNumber = RegisterNumber(), at: Instant, value: Int64,
    quality: Quality = .actual, method: ReadingMethod = .unspecified,
    estimate: ReadingEstimate? = nil
  ) {
    self.register = register
    self.at = at
    self.value = value
    self.quality = quality
    self.method = method
    self.estimate = estimate
  }
}

/// From what a reading was estimated: the usage between two measured readings of its register.
public struct ReadingEstimate: Hashable, Sendable {
  /// How.
  public var method: EstimationPolicy.Method
  /// The measured reading with which that usage begins.
  public var from: EventReference
  /// The one with which it ends.
  public var until: EventReference

  /// An estimate by the usage between two readings.
  public init(_ method: EstimationPolicy.Method, from: EventReference, until: EventReference) {
    self.method = method
    self.from = from
    self.until = until
  }
}

/// The energy of consecutive intervals of one local day.
public struct IntervalsRecorded: Hashable, Sendable {
  /// Which channel.
  public var register: RegisterNumber
  /// The intervals, their values and qualities.
  public var block: IntervalBlock

  /// A channel's intervals.
  public init(register: RegisterNumber = RegisterNumber(), block: IntervalBlock) {
    self.register = register
    self.block = block
  }
}

/// Intervals turned out wrong: these supersede those that one event recorded, all of them.
public struct IntervalsCorrected: Hashable, Sendable {
  /// Which channel.
  public var register: RegisterNumber
  /// The intervals: as many as were recorded, from the same moment.
  public var block: IntervalBlock
  /// Why.
  public var reason: String

  /// A correction.
  public init(register: RegisterNumber = RegisterNumber(), block: IntervalBlock, reason: String) {
    self.register = register
    self.block = block
    self.reason = reason
  }
}

/// A reading may not be billed until it is accepted.
public struct ReadingQuestioned: Hashable, Sendable {
  /// Which register.
  public var register: RegisterNumber
  /// The time of the reading.
  public var at: Instant
  /// The reason's code.
  public var code: String
  /// The reason in a sentence.
  public var detail: String

  /// A reading and what is wrong with it.
  public init(register: RegisterNumber, at: Instant, code: String, detail: String) {
    self.register = register
    self.at = at
    self.code = code
    self.detail = detail
  }
}

/// A person vouches for a reading in spite of what validation says of it.
public struct ReadingAccepted: Hashable, Sendable {
  /// Which register.
  public var register: RegisterNumber
  /// The time of the reading.
  public var at: Instant
  /// Why.
  public var reason: String

  /// A reading and why it stands.
  public init(register: RegisterNumber, at: Instant, reason: String) {
    self.register = register
    self.at = at
    self.reason = reason
  }
}
