public import CivilTime

/// What kind of input was refused. The numbers are stored, and never reused.
public enum InputKind: UInt8, Hashable, Sendable, CaseIterable {
  /// Not said.
  case unspecified = 0
  /// A row about an account.
  case account = 1
  /// A row about a meter.
  case meter = 2
  /// A reading of a register.
  case reading = 3
  /// An interval.
  case interval = 4
  /// A payment.
  case payment = 5
  /// No input but a bill that could not be made.
  case bill = 6
}

/// Input was refused and waits for a person; nothing of it is lost.
public struct InputRejected: Hashable, Sendable {
  /// What kind of input.
  public var kind: InputKind
  /// The file's name, or what else it came by.
  public var source: String
  /// The line in the file, from 1; 0 where there are none.
  public var line: UInt64
  /// The reason's code, as `conflict`.
  public var code: String
  /// The field at fault, if one is.
  public var field: String
  /// The reason in one sentence.
  public var detail: String
  /// SHA-256 of a salt and the raw input, which the private file keeps.
  public var commitment: [UInt8]
  /// The account it is about, if known.
  public var account: String
  /// The meter it is about, if known.
  public var meter: String
  /// The register it is about, if known.
  public var register: String
  /// The time of the reading or interval it is about, if known.
  public var at: Instant?
  /// The first day of the period that cannot be billed.
  public var start: Day?
  /// The day after the last of the period that cannot be billed.
  public var end: Day?

  /// What was refused and why.
  public init(
    kind: InputKind, source: String = "", line: UInt64 = 0, code: String, field: String = "",
    detail: String, commitment: [UInt8] = [], account: String = "", meter: String = "",
    register: String = "", at: Instant? = nil, start: Day? = nil, end: Day? = nil
  ) {
    self.kind = kind
    self.source = source
    self.line = line
    self.code = code
    self.field = field
    self.detail = detail
    self.commitment = commitment
    self.account = account
    self.meter = meter
    self.register = register
    self.at = at
    self.start = start
    self.end = end
  }
}

/// How an item of the review queue was settled. The numbers are stored, and never reused.
public enum Resolution: UInt8, Hashable, Sendable, CaseIterable {
  /// Not said.
  case unspecified = 0
  /// Submitted again, corrected, and accepted.
  case corrected = 1
  /// Not wanted.
  case dismissed = 2
  /// Overtaken by later input, as a bill that could be made after all.
  case superseded = 3
}

/// An item of the review queue was settled.
public struct InputResolved: Hashable, Sendable {
  /// How.
  public var how: Resolution
  /// Why.
  public var reason: String

  /// Settled so, for a reason.
  public init(how: Resolution, reason: String) {
    self.how = how
    self.reason = reason
  }
}
