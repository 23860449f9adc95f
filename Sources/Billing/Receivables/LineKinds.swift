import Money
public import Tariffs

/// What a line is, besides its amount: what a report sums it by.
public struct LineKind: Hashable, Sendable {
  /// Its component's code; of a tax `jurisdiction/code`; empty where neither is known.
  public let code: String
  /// How it is shown.
  public let type: LineType
  /// How it is accounted for.
  public let revenueClass: RevenueClass
}

/// The kinds of lines that were met, by number, so that lines are summed without naming them.
public struct LineKinds: Sendable {
  /// The kinds, by number.
  public private(set) var all: [LineKind] = []
  private var numbers: [LineKind: Int32] = [:]

  /// The number of a kind.
  mutating func number(_ kind: LineKind) -> Int32 {
    if let known = numbers[kind] { return known }
    all.append(kind)
    numbers[kind] = Int32(all.count - 1)
    return Int32(all.count - 1)
  }

  /// The class of a kind.
  @inline(__always)
  func revenueClass(_ number: Int32) -> RevenueClass { all[Int(number)].revenueClass }
}

/// The numbers of the kinds of lines of bills under the same tariffs and taxes.
struct LineFrame: Sendable {
  private let tariffs: [CompiledTariff]
  private let taxes: [TaxRule]
  /// By segment, then by component; last of each what no component is.
  private let components: [[Int32]]
  /// By the tax's number; last what no tax is.
  private let taxNumbers: [Int32]

  init(_ tariffs: [CompiledTariff], _ taxes: [TaxRule], _ kinds: inout LineKinds) {
    self.tariffs = tariffs
    self.taxes = taxes
    var components: [[Int32]] = []
    for tariff in tariffs {
      var numbers = tariff.version.components.map {
        kinds.number(
          LineKind(code: $0.code, type: $0.lineType, revenueClass: $0.revenueClass))
      }
      numbers.append(
        kinds.number(LineKind(code: "", type: .energyCharge, revenueClass: .variableEnergy)))
      components.append(numbers)
    }
    self.components = components
    var taxNumbers = taxes.map {
      kinds.number(
        LineKind(code: "\($0.jurisdiction)/\($0.code)", type: .tax, revenueClass: .passThrough))
    }
    taxNumbers.append(kinds.number(LineKind(code: "", type: .tax, revenueClass: .passThrough)))
    self.taxNumbers = taxNumbers
  }

  /// Whether it is of these segments and taxes.
  func isOf(_ segments: [RatingSegment], _ taxes: [TaxRule]) -> Bool {
    guard segments.count == tariffs.count else { return false }
    for index in tariffs.indices where segments[index].tariff !== tariffs[index] { return false }
    return taxes == self.taxes
  }

  /// The number of the kind of a component's line; a segment beyond the last is taken for the last.
  @inline(__always)
  func component(_ component: Int, segment: Int) -> Int32 {
    let segment = min(segment, components.count - 1)
    return components[segment][min(component, components[segment].count - 1)]
  }

  /// The number of the kind of a tax's line.
  @inline(__always)
  func tax(_ tax: Int) -> Int32 { taxNumbers[min(tax, taxNumbers.count - 1)] }
}
