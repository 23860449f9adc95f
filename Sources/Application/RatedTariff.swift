import CivilTime
import Interchange
import Metering
import Money
import Tariffs

/// A load rated on a tariff.
struct RatedTariff {
  let found: FoundTariff
  let version: TariffVersion
  let months: [MonthRating]
  /// What the tariff's file has that is odd or not used.
  let warnings: [String]

  init(_ found: FoundTariff, _ load: RatableLoad, _ request: RateRequest) throws {
    self.found = found
    var warnings: [String] = []
    var calendars: [Tariffs.Calendar] = []
    switch found.origin {
    case .urdb(let rate):
      warnings = rate.warnings.map(\.description)
      version = try Self.version(of: rate, found, load, request, &warnings)
    case .plan(let versions, let all):
      let chosen = try Self.version(among: versions, found, load, &warnings)
      version = chosen.with(request.metering, &warnings)
      calendars = version.calendar.flatMap { all[$0] } ?? []
    }
    self.warnings = warnings
    do {
      months = try CompiledTariff(version, calendars: calendars).rate(
        [load.block], months: load.months, zone: load.zone,
        conventions: request.isExact ? .exact : .invoice)
    } catch {
      if case .netExport = error {
        throw Failure(
          "\(found.title): the load delivers energy to the grid, and the tariff does not say how it "
            + "is paid.", advice: "Say --metering net or --metering net-billing.")
      }
      throw Failure("\(found.title): the load cannot be rated: \(error).")
    }
  }

  private static func version(
    of rate: URDBRate, _ found: FoundTariff, _ load: RatableLoad, _ request: RateRequest,
    _ warnings: inout [String]
  ) throws -> TariffVersion {
    let exports = request.metering.flatMap { ExportRule(rawValue: $0.rawValue) } ?? rate.exportRule
    if exports == nil, load.hasExports {
      guard rate.metering != .buyAllSellAll else {
        throw Failure(
          "\(found.title): the record buys all generation and sells all use, which a load of both "
            + "together cannot tell apart.",
          advice: "Say --metering net or --metering net-billing.")
      }
      warnings.append(
        "\(found.file): the record does not say how exports are paid; net metering is assumed "
          + "(--metering says otherwise)")
    }
    if rate.metering == .netBillingHourly, request.metering == nil, load.hasExports,
      load.block.minutes < 60
    {
      warnings.append(
        "\(found.file): exports are netted over intervals of \(load.block.minutes) minutes, where the "
          + "record nets over hours")
    }
    let version = try rate.tariff(
      plan: "URDB", version: 1, from: load.months[0].start, exports: exports ?? .net, source: nil)
    let problems = version.problems(calendars: [])
    guard problems.isEmpty else {
      throw Failure(
        "\(found.title) (\(found.file)): "
          + problems.map { "\($0.field): \($0.message)" }.joined(separator: "; "))
    }
    return version
  }

  /// The version in force when the load begins, or the first one after.
  private static func version(
    among versions: [TariffVersion], _ found: FoundTariff, _ load: RatableLoad,
    _ warnings: inout [String]
  ) throws -> TariffVersion {
    let first = load.months[0].start
    guard let chosen = versions.last(where: { $0.effectiveFrom <= first }) ?? versions.first else {
      throw Failure("\(found.file) holds no version of \(found.name).")
    }
    if versions.count > 1 {
      warnings.append(
        "\(found.file): version \(chosen.version) of \(found.name), from \(chosen.effectiveFrom), is "
          + "used for the whole load, which begins on \(first)")
    }
    return chosen
  }
}

extension TariffVersion {
  /// How it deals with exports; `nil` where it does not.
  var metering: RateMetering? {
    for component in components {
      switch component.kind {
      case .netMetering: return .net
      case .netBilling: return .netBilling
      default: continue
      }
    }
    return nil
  }

  /// The version with exports dealt with as `metering` says; itself for `nil`.
  fileprivate func with(_ metering: RateMetering?, _ warnings: inout [String]) -> TariffVersion {
    guard let metering else { return self }
    var version = self
    var isDone = false
    version.components = components.compactMap { component in
      var component = component
      switch component.kind {
      case .netMetering:
        isDone = isDone || metering == .net
        return metering == .net ? component : nil
      case .netBilling:
        isDone = isDone || metering == .netBilling
        return metering == .netBilling ? component : nil
      case .energy(var energy):
        if metering == .netBilling, energy.filling == .pooled { energy.filling = .byInterval }
        if metering == .net, energy.filling == .byInterval { energy.filling = .pooled }
        component.kind = .energy(energy)
        return component
      default: return component
      }
    }
    guard !isDone else { return version }
    switch metering {
    case .net:
      version.components.append(
        Component(
          code: "export", title: "Net metering",
          kind: .netMetering(NetMeteringComponent(carry: .hours([0, 5, 11, 17]), yearEnd: 12))))
    case .netBilling:
      warnings.append("plan \(plan) has no price for exports; they are paid nothing")
      version.components.append(
        Component(
          code: "export", title: "Energy delivered to the grid",
          kind: .netBilling(NetBillingComponent(price: .zero))))
    }
    return version
  }
}
