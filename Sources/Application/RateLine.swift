import Documents
import Tariffs

/// A line as an invoice for the same usage has it.
public struct RateLine: Encodable, Hashable, Sendable {
  /// As `ENERGY_CHARGE`.
  let type: String
  /// As `VARIABLE_ENERGY`.
  let revenueClass: String
  /// What the customer reads.
  let label: String
  /// How many of `unit`.
  let quantity: String
  /// As `kWh`, `kW`, `month`.
  let unit: String
  /// The price a unit.
  let price: String
  /// In cents.
  let amount: String

  private enum CodingKeys: String, CodingKey {
    case type, label, quantity, unit, price, amount
    case revenueClass = "class"
  }

  /// The lines of a month, in the order of the invoice.
  static func all(of month: MonthRating) -> [RateLine] {
    month.rated.lines.indices.map { index in
      let line = InvoiceDocument.Line(index, of: month.rated, month.input, address: "")
      return RateLine(
        type: line.type, revenueClass: line.revenueClass, label: line.label,
        quantity: line.quantity, unit: line.unit, price: line.price, amount: line.amount)
    }
  }
}
