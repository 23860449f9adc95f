import Billing
import Revenue
import Tariffs

/// A row of the quarterly report.
struct RevenueLine: Hashable, Sendable {
  /// What was billed.
  var billed = RevenueSums()
  /// Cents unbilled at the beginning of the quarter.
  var open: Int64 = 0
  /// Cents unbilled at its end.
  var close: Int64 = 0
  /// Energy unbilled at its end, in mWh.
  var energy: Int64 = 0

  /// Cents earned; what is collected for others is never earned.
  func earned(as revenueClass: RevenueClass?) -> Int64? {
    revenueClass == .passThrough ? nil : billed.net - open + close
  }
}

/// What a class of revenue counts as.
enum RevenuePart: String, CaseIterable {
  case fixed = "Fixed"
  case variable = "Variable"
  case neither = "Neither"

  init(_ revenueClass: RevenueClass?) {
    switch revenueClass {
    case .fixed, .minimum: self = .fixed
    case .variableEnergy, .variableDemand, .variableRider: self = .variable
    default: self = .neither
    }
  }
}

extension RevenueCell {
  /// The same for all months of its quarter and both views.
  var ofQuarter: RevenueCell { of(quarter) }

  /// The same for a quarter, and both views.
  func of(_ quarter: Quarter) -> RevenueCell {
    var cell = self
    (cell.view, cell.month) = (.both, UInt32(3 * quarter.number))
    return cell
  }

  var reportOrder: (String, String, String, String, UInt8, String) {
    (
      jurisdiction, sector, "\(customerClass.rawValue)", plan, revenueClass?.rawValue ?? 0, ledger
    )
  }
}

extension Int64 {
  /// A thousandth, half away from zero.
  var thousandths: Int64 { (self + (self < 0 ? -500 : 500)) / 1000 }
}
