import Foundation
import Metering
import Money
import Tariffs
import Testing

@testable import Application

private let realData = ProcessInfo.processInfo.environment["METERBOOK_REAL_DATA"]
  .flatMap { $0.isEmpty ? nil : $0 }
private let folder = URL(fileURLWithPath: realData ?? "/nowhere")

/// The names of the expected bills; `dst` for the one over a change of clocks.
private func cases(_ isDST: Bool) -> [String] {
  let bills = folder.appendingPathComponent("bills").path
  return ((try? FileManager.default.contentsOfDirectory(atPath: bills)) ?? [])
    .filter { $0.hasSuffix(".json") && $0.hasPrefix("dst") == isDST }.sorted()
}

/// A bill that others computed: NREL's System Advisor Model, and an exact reference.
private struct ExpectedBill: Decodable {
  struct Month: Decodable {
    var month: Int
    var days: Int
    var import_kwh: String
    var export_kwh: String
    var peak_kw: String
    var energy: String
    var fixed: String
    var demand_flat: String
    var demand_tou: String
    var minimum_topup: String
    var bill: String
  }

  struct RealDays: Decodable {
    struct Month: Decodable {
      var fixed: String
      var minimum_topup: String
      var bill: String
    }
    var months: [Month]
  }

  var rate: String
  var load: String
  var metering_option: Int
  var months: [Month]
  var annual: [String: String]
  var variant_real_day_counts: RealDays?
}

@Suite(.enabled(if: realData != nil, "set METERBOOK_REAL_DATA to the folder of real data"))
struct `Real loads on real tariffs` {
  @Test func `are all there to compare`() {
    #expect(cases(false).count >= 27)
    #expect(cases(true).count >= 1)
  }

  @Test(arguments: cases(false))
  func `come to the amounts that others computed, in every field of every month`(
    name: String
  ) throws {
    let data = try Data(contentsOf: folder.appendingPathComponent("bills/" + name))
    let expected = try JSONDecoder().decode(ExpectedBill.self, from: data)
    let request = RateRequest(
      load: folder.appendingPathComponent(expected.load).path,
      metering: expected.metering_option == 0 ? .net : .netBilling, isExact: true)
    let report = try Rating.one(folder.appendingPathComponent(expected.rate).path, request)
    #expect(report.months.map(\.month) == expected.months.map(\.month))
    #expect(report.months.map(\.days) == expected.months.map(\.days))
    for (found, wanted) in zip(report.months, expected.months) {
      let fields = [
        ("import_kwh", found.sums.importKwh, wanted.import_kwh),
        ("export_kwh", found.sums.exportKwh, wanted.export_kwh),
        ("peak_kw", found.sums.peakKw, wanted.peak_kw),
        ("energy", found.sums.energy, wanted.energy), ("fixed", found.sums.fixed, wanted.fixed),
        ("demand_flat", found.sums.demandFlat, wanted.demand_flat),
        ("demand_tou", found.sums.demandTou, wanted.demand_tou),
        ("minimum_topup", found.sums.minimumTopup, wanted.minimum_topup),
        ("bill", found.sums.bill, wanted.bill),
      ]
      for (field, one, other) in fields {
        #expect(
          try abs(millionths(one) - millionths(other)) <= 2,
          "\(name) month \(found.month) \(field): \(one), expected \(other)")
      }
    }
    let year = try [
      (report.annual.energy, "energy"), (report.annual.fixed, "fixed"),
      (report.annual.demandFlat, "demand_flat"), (report.annual.demandTou, "demand_tou"),
      (report.annual.minimumTopup, "minimum_topup"), (report.annual.bill, "bill"),
    ].map { try millionths($0) - millionths(#require(expected.annual[$1])) }
    #expect(year.allSatisfy { abs($0) <= 24 }, "\(name): \(year)")
  }

  @Test(arguments: cases(false))
  func `come to the cents of those amounts as invoices, with the days there are`(
    name: String
  ) throws {
    let data = try Data(contentsOf: folder.appendingPathComponent("bills/" + name))
    let expected = try JSONDecoder().decode(ExpectedBill.self, from: data)
    let request = RateRequest(
      load: folder.appendingPathComponent(expected.load).path,
      metering: expected.metering_option == 0 ? .net : .netBilling)
    let report = try Rating.one(folder.appendingPathComponent(expected.rate).path, request)
    let bills = expected.variant_real_day_counts?.months.map(\.bill) ?? expected.months.map(\.bill)
    for (found, wanted) in zip(report.months, bills) {
      // Every line is rounded by itself: half a cent each at most, and shares of whole watt-hours.
      let most = Int64(found.lines.count) * 5_000 + 1_000
      #expect(
        try abs(millionths(found.sums.bill) - millionths(wanted)) <= most,
        "\(name) month \(found.month): \(found.sums.bill), expected \(wanted)")
    }
  }
}

/// A month over a change of clocks.
private struct ExpectedPeriods: Decodable {
  struct Period: Decodable {
    var kwh: String
    var charge: String
  }
  var rate: String
  var intervals: String
  var timezone: String
  var periods: [String: Period]
  var energy: String
  var energy_rounded_half_up: String
}

@Suite(.enabled(if: realData != nil, "set METERBOOK_REAL_DATA to the folder of real data"))
struct `A real load over a change of clocks` {
  @Test(arguments: cases(true))
  func `comes to the amounts that others computed, exactly`(name: String) throws {
    let data = try Data(contentsOf: folder.appendingPathComponent("bills/" + name))
    let expected = try JSONDecoder().decode(ExpectedPeriods.self, from: data)
    let tariff = folder.appendingPathComponent(expected.rate).path
    var request = RateRequest(
      load: folder.appendingPathComponent(expected.intervals).path,
      clock: .zone(expected.timezone), isExact: true)
    let found = try #require(RateSource(path: tariff).found.first)
    let rated = try RatedTariff(found, request.read(), request)
    #expect(rated.months.count == 1)
    #expect(rated.months[0].energy.text(decimals: 9) == expected.energy + "00")
    var kwh: [String: Int64] = [:]
    for line in rated.months[0].rated.lines {
      guard case .energy(let energy, _) = line.basis, let period = line.touPeriod else { continue }
      kwh[rated.version.periods[Int(period)].name, default: 0] += energy.milliwattHours
    }
    let wanted = try expected.periods.map {
      ("period-\($0.key)", try DecimalText.parse($0.value.kwh, scale: 6))
    }
    #expect(kwh == Dictionary(uniqueKeysWithValues: wanted))
    request.isExact = false
    #expect(
      try Rating.one(tariff, request).months[0].sums.energy == expected.energy_rounded_half_up)
  }
}
