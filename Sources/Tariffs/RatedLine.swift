public import Metering
public import Money

/// One line of a bill, by indexes into what it was computed from; `RatedBill.explain` spells it out.
///
/// 64 bytes without references: a bill run writes hundreds of millions.
public struct RatedLine: Hashable, Sendable {
  /// What `amount` is of.
  public enum Basis: Hashable, Sendable {
    /// Energy at `price` a kWh.
    case energy(Energy, price: Price)
    /// Power at `price` a kW, times the part of the bill's days.
    case demand(Power, price: Price, part: Fraction)
    /// So many terms (a part of a month, some days) at `price` a term.
    case terms(Fraction, Term, price: Price)
    /// What tops `counted` up to `minimum`.
    case topUp(minimum: Money, counted: Money)
    /// `rate` of a sum of other lines.
    case share(of: Money, rate: Rate)
  }

  // Words, and the basis taken apart: so a line is written in a few stores.
  //
  //     kind     quantity   numerator, denominator   price (digits)
  //     energy   mWh                                 a kWh
  //     demand   mW         the part                 a kW
  //     terms               the terms                a term
  //     topUp    minimum    counted
  //     share    base       rate

  /// What its head has, with period and segment: its place among the lines of other orders.
  let place: UInt64
  private let tags: UInt64
  private let digits: Int64
  private let quantity: Int64
  private let numerator: Int64
  private let denominator: Int64
  /// What is charged, after waivers.
  public private(set) var amount: Money
  /// What was waived; the amount before waivers is `amount + waived`.
  public private(set) var waived: Money

  /// A line of what `head` says, of `segmentCount` segments from `segment` on, of a time-of-use
  /// period, which are numbered from 1 (0: all hours); the basis as in the table above.
  @inline(__always)
  init(
    _ head: LineHead, segment: Int, segmentCount: Int = 1, period: Int = 0, quantity: Int64 = 0,
    numerator: Int64 = 0, denominator: Int64 = 0, amount: Money
  ) {
    place = head.place | UInt64(truncatingIfNeeded: period &<< 48 | segment &<< 32)
    tags = head.tags | UInt64(truncatingIfNeeded: segmentCount)
    digits = head.digits
    self.quantity = quantity
    self.numerator = numerator
    self.denominator = denominator
    self.amount = amount
    waived = .zero
  }

  private var head: LineHead { LineHead(place: place, tags: tags, digits: digits) }

  /// How it is shown.
  public var type: LineType { head.type }
  /// How it is accounted for.
  public var revenueClass: RevenueClass { head.revenueClass }
  /// How many segments it spans.
  public var segmentCount: UInt8 { UInt8(truncatingIfNeeded: tags) }
  /// The index of the segment it begins in.
  public var segment: UInt8 { byte(32) }
  /// The index of its component in its (first) segment's tariff; for a tax, of its rule in the
  /// input's taxes.
  public var component: UInt8 { byte(24) }
  /// The tier's index, 0 where there are none.
  public var tier: UInt8 { byte(40) }
  /// The index of the time-of-use period, of a demand line that of the demand period; `nil` for all
  /// hours.
  public var touPeriod: UInt8? { byte(48) == 0 ? nil : byte(48) - 1 }

  /// What the amount is of.
  public var basis: Basis {
    switch head.kind {
    case .energy: .energy(Energy(milliwattHours: quantity), price: head.price)
    case .demand:
      .demand(
        Power(milliwatts: quantity), price: head.price, part: Fraction(numerator, denominator))
    case .terms: .terms(Fraction(numerator, denominator), head.term, price: head.price)
    case .topUp: .topUp(minimum: Money(cents: quantity), counted: Money(cents: numerator))
    case .share: .share(of: Money(cents: quantity), rate: Rate(rawValue: numerator))
    }
  }

  /// Whether it is a share of other lines.
  var isShare: Bool { tags & LineHead.shareBit != 0 }

  /// Whether its class is one of `classes`.
  @inline(__always)
  func isOf(_ classes: ClassMask) -> Bool { tags & classes.bits != 0 }

  private func byte(_ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: place &>> shift) }
}

extension RatedLine {
  /// The line at 0.00, with what was waived.
  package var waiving: RatedLine {
    var line = self
    (line.amount, line.waived) = (.zero, waived + amount)
    return line
  }

  /// Whether the line comes before `other`, which was added first: by section, and within it by
  /// period, tier, span and sequence; fixed charges by amount before waiver, descending, then by
  /// sequence and span; adjustments stay as they come.
  @inline(__always)
  func isBefore(_ other: RatedLine) -> Bool {
    let section = place &>> 56
    guard section == other.place &>> 56, section &>> 1 == UInt64(LineHead.fixedSection / 2) else {
      return place < other.place
    }
    guard section == UInt64(LineHead.fixedSection) else { return false }
    let (amount, others) = (amount + waived, other.amount + other.waived)
    if amount != others { return amount > others }
    return (component, segment) < (other.component, other.segment)
  }
}

/// What all lines of a tax, of a component, or of one price of it have in common.
struct LineHead: Sendable {
  /// What a line's basis is.
  enum Kind: UInt8 {
    case energy, demand, terms, topUp, share
  }

  /// The section of fixed charges, which go by amount; adjustments, in the next, stay as they come.
  static let fixedSection: UInt8 = 4

  /// From the top, eight bits each: section, number of the time-of-use period (0: all hours), tier,
  /// segment, component.
  private(set) var place: UInt64
  /// From the top, eight bits each: type, revenue class, kind, term, decimals of the price; a bit
  /// that says that it is a share, one for each class; at the bottom the number of segments.
  private(set) var tags: UInt64
  /// The digits of the price.
  private(set) var digits: Int64 = 0

  /// Says that a line is a share of others.
  static let shareBit: UInt64 = 1 << 23

  /// The bit of a class in the tags.
  static func bit(_ revenueClass: RevenueClass) -> UInt64 {
    precondition(revenueClass.rawValue < 15, "a bit of its own for each class")
    return 1 << (8 + UInt64(revenueClass.rawValue))
  }

  fileprivate init(place: UInt64, tags: UInt64, digits: Int64) {
    self.place = place
    self.tags = tags
    self.digits = digits
  }

  init(_ type: LineType, _ revenueClass: RevenueClass, component: UInt8) {
    place = UInt64(type.section) << 56 | UInt64(component) << 24
    tags =
      UInt64(type.rawValue) << 56 | UInt64(revenueClass.rawValue) << 48 | Self.bit(revenueClass)
  }

  /// The same in a tier, with a basis.
  func with(_ kind: Kind, price: Price = .zero, term: Term = .month, tier: Int = 0) -> LineHead {
    let named =
      (tags >> 48) << 48 | Self.bit(revenueClass) | (kind == .share ? Self.shareBit : 0)
    return LineHead(
      place: place | UInt64(tier) << 40,
      tags: named | UInt64(kind.rawValue) << 40 | UInt64(term.rawValue) << 32
        | UInt64(price.decimals) << 24,
      digits: price.digits)
  }

  var component: UInt8 { UInt8(truncatingIfNeeded: place >> 24) }
  /// Whether lines go by amount, not by place.
  var isByAmount: Bool { place &>> 56 == UInt64(Self.fixedSection) }
  var type: LineType { .numbered(tags >> 56) }
  var revenueClass: RevenueClass { .numbered(tags >> 48 & 0xFF) }
  var kind: Kind { .numbered(tags >> 40 & 0xFF) }
  var term: Term { .numbered(tags >> 32 & 0xFF) }
  var price: Price { Price(digits: digits, decimals: Int(tags >> 24 & 0xFF)) }
}

extension RawRepresentable<UInt8> {
  /// The case of a number that was made from one.
  fileprivate static func numbered(_ number: UInt64) -> Self {
    guard let found = Self(rawValue: UInt8(truncatingIfNeeded: number)) else {
      preconditionFailure("\(number) is no \(Self.self)")
    }
    return found
  }
}

extension LineType {
  /// The section of the invoice: energy, demand, riders, fixed charges and minimums, adjustments and
  /// the like, taxes.
  fileprivate var section: UInt8 {
    switch self {
    case .energyCharge: 1
    case .demandCharge: 2
    case .rider: 3
    case .fixedCharge, .minimumCharge: LineHead.fixedSection
    case .adjustment, .credit, .lateFee: LineHead.fixedSection + 1
    case .tax: 6
    }
  }
}
