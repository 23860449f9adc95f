import CivilTime
import Documents
import Metering
import Money
import Tariffs

/// What a load costs on a tariff, month by month.
public struct RateReport: Report {
  /// The sums of a month, or of all of them; amounts and quantities as decimal strings.
  public struct Sums: Encodable, Hashable, Sendable {
    let importKwh: String
    let exportKwh: String
    let peakKw: String
    let energy: String
    let fixed: String
    let demandFlat: String
    let demandTou: String
    let minimumTopup: String
    let bill: String

    enum CodingKeys: String, CodingKey {
      case energy, fixed, bill
      case importKwh = "import_kwh"
      case exportKwh = "export_kwh"
      case peakKw = "peak_kw"
      case demandFlat = "demand_flat"
      case demandTou = "demand_tou"
      case minimumTopup = "minimum_topup"
    }
  }

  /// A month.
  public struct Month: Encodable, Hashable, Sendable {
    let year: Int
    let month: Int
    let days: Int
    let sums: Sums
    /// The lines that an invoice has; empty where nothing is rounded.
    let lines: [RateLine]

    private enum CodingKeys: String, CodingKey { case year, month, days, lines }

    /// The sums lie flat beside month and days.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(year, forKey: .year)
      try container.encode(month, forKey: .month)
      try container.encode(days, forKey: .days)
      try sums.encode(to: encoder)
      if !lines.isEmpty { try container.encode(lines, forKey: .lines) }
    }
  }

  let tariff: String
  /// The plan's code, or the record's label.
  let name: String
  let file: String
  let load: String
  /// How long an interval of the load is.
  let minutes: Int
  /// `net` or `net-billing`; `nil` where the tariff has no rule for exports.
  let metering: String?
  let isExact: Bool
  let months: [Month]
  let annual: Sums
  let warnings: [String]
  /// The bill of each month, for the bars.
  let shares: [Share]

  enum CodingKeys: String, CodingKey {
    case tariff, name, file, load, metering, months, annual, warnings
    case minutes = "interval_minutes"
    case isExact = "exact"
  }
}

extension RateReport {
  init(_ rated: RatedTariff, _ load: RatableLoad, _ request: RateRequest) {
    let style = NumberStyle(isExact: request.isExact, rated.months)
    tariff = rated.found.title
    name = rated.found.name
    file = rated.found.file
    self.load = load.file
    minutes = Int(load.block.minutes)
    metering = rated.version.metering?.rawValue
    isExact = request.isExact
    months = rated.months.map { month in
      let begin = month.period.start.parts
      return Month(
        year: begin.year, month: begin.month, days: month.period.days,
        sums: Sums([month], style), lines: request.isExact ? [] : RateLine.all(of: month))
    }
    annual = Sums(rated.months, style)
    warnings = load.warnings + rated.warnings
    shares = Share.all(rated.months.map(\.bill))
  }
}

extension RateReport.Sums {
  init(_ months: [MonthRating], _ style: NumberStyle) {
    func sum(_ amount: (MonthRating) -> Amount) -> String {
      style.amount(months.dropFirst().reduce(amount(months[0])) { $0 + amount($1) })
    }
    importKwh = style.energy(months.reduce(.zero) { $0 + $1.imported })
    exportKwh = style.energy(months.reduce(.zero) { $0 + $1.exported })
    peakKw = style.power(months.map(\.peak.power).max() ?? .zero)
    energy = sum(\.energy)
    fixed = sum(\.fixed)
    demandFlat = sum(\.demandFlat)
    demandTou = sum(\.demandTou)
    minimumTopup = sum(\.minimumTopUp)
    bill = sum(\.bill)
  }
}

/// How numbers are written: as an invoice does, or with six decimals where nothing is rounded.
struct NumberStyle {
  private let amountDecimals: Int
  /// Of energy and power: as many as the finest of them needs, at least three.
  private let quantityDecimals: Int

  init(isExact: Bool, _ months: [MonthRating]) {
    amountDecimals = isExact ? 6 : Money.scale
    var decimals = isExact ? 6 : 3
    for month in months {
      for millionths in [
        month.imported.milliwattHours, month.exported.milliwattHours, month.peak.power.milliwatts,
      ] {
        while decimals < 6,
          !millionths.isMultiple(of: decimals == 3 ? 1000 : decimals == 4 ? 100 : 10)
        {
          decimals += 1
        }
      }
    }
    quantityDecimals = decimals
  }

  func amount(_ amount: Amount) -> String { amount.text(decimals: amountDecimals) }

  func energy(_ energy: Energy) -> String { quantity(energy.milliwattHours) }

  func power(_ power: Power) -> String { quantity(power.milliwatts) }

  private func quantity(_ millionths: Int64) -> String {
    DecimalText.format(Int128(millionths), scale: 6, minimumDecimals: quantityDecimals)
  }
}

/// How long an amount's bar is: thousandths of the largest amount; 0 for what is not above zero.
struct Share: Hashable, Sendable {
  var thousandths: Int

  static func all(_ amounts: [Amount]) -> [Share] {
    let most = Int128(max(1, amounts.map(\.units).max() ?? 1))
    return amounts.map { Share(thousandths: Int(Int128(max(0, $0.units)) * 1000 / most)) }
  }

  /// The bar, up to `width` characters, at least one for what is above zero.
  func bar(width: Int) -> String {
    guard thousandths > 0 else { return "" }
    return String(repeating: "#", count: max(1, thousandths * width / 1000))
  }
}
