import CivilTime
import Metering

/// The second reading of a file: its intervals, each with what its channel says.
final class GreenButtonIntervals: ESPISink {
  private let channels: [GreenButtonChannel]
  private let blockChannels: [Int32]
  private let body: (GreenButtonItem) throws -> Void
  private var blocks = 0
  private var channel = -1

  init(
    channels: [GreenButtonChannel], blockChannels: [Int32],
    _ body: @escaping (GreenButtonItem) throws -> Void
  ) {
    self.channels = channels
    self.blockChannels = blockChannels
    self.body = body
  }

  func block() throws {
    guard blocks < blockChannels.count else { throw changed }
    channel = Int(blockChannels[blocks])
    blocks += 1
  }

  func reading(_ reading: ESPIReading) throws {
    guard channels.indices.contains(channel), channels[channel].refusal == nil,
      let type = channels[channel].readingType
    else { return }
    do throws(ESPIReadingError) {
      let energy = try reading.wattHours(powerOfTen: type.powerOfTen)
      let interval = GreenButtonInterval(
        channel: channel, start: Instant(rawValue: try reading.startSecond),
        minutes: try reading.minutes,
        energy: Energy(wattHours: channels[channel].direction == .export ? -energy : energy),
        quality: ESPIQuality.quality(of: try reading.qualityCode ?? type.defaultQuality),
        line: reading.line, source: reading)
      try handOver(.interval(interval))
    } catch {
      switch error {
      case .reason(let reason):
        try body(
          .error(
            GreenButtonError(
              channel: channel, line: reading.line, reason: reason, text: reading.text)))
      case .body(let error): throw error
      }
    }
  }

  private func handOver(_ item: GreenButtonItem) throws(ESPIReadingError) {
    do {
      try body(item)
    } catch {
      throw .body(error)
    }
  }

  func entry(_ entry: ESPIEntry) {}

  func finish() throws {
    guard blocks == blockChannels.count else { throw changed }
  }

  private var changed: FileRefusal {
    .unreadable(path: "the file", reason: "it changed while it was read")
  }
}

enum ESPIReadingError: Error {
  case reason(GreenButtonError.Reason)
  case body(any Error)
}

extension ESPIReading {
  /// The start, in whole seconds; a fraction of zero is no fraction.
  var startSecond: Int64 {
    get throws(ESPIReadingError) { try whole("start", start) }
  }

  var seconds: Int64 {
    get throws(ESPIReadingError) { try whole("duration", duration) }
  }

  var minutes: UInt8 {
    get throws(ESPIReadingError) {
      let seconds = try seconds
      guard FieldText.intervalLengths.contains(where: { Int64($0) * 60 == seconds }) else {
        throw .reason(.notIntervalLength(seconds: seconds))
      }
      return UInt8(seconds / 60)
    }
  }

  /// The quality, `nil` where the interval does not say.
  var qualityCode: Int? {
    get throws(ESPIReadingError) {
      guard let quality else { return nil }
      return Int(try whole("quality", quality))
    }
  }

  /// The value x 10^`powerOfTen`, which must be whole.
  func wattHours(powerOfTen: Int) throws(ESPIReadingError) -> Int64 {
    guard let value else { throw .reason(.missing("value")) }
    let units = try whole("value", value)
    let decimal = ExactDecimal(units: units, places: -powerOfTen)
    guard let wattHours = decimal.scaled(to: 0), wattHours.magnitude <= 1 << 53 else {
      throw .reason(.notWattHours(value, powerOfTen: powerOfTen))
    }
    return wattHours
  }

  private func whole(_ name: String, _ text: String?) throws(ESPIReadingError) -> Int64 {
    guard let text else { throw .reason(.missing(name)) }
    let bytes = Array(text.utf8)
    guard let decimal = try? FieldText.decimal(bytes.span), let value = decimal.scaled(to: 0),
      value.magnitude <= 1 << 53
    else { throw .reason(.notWhole(name, text)) }
    return value
  }
}

/// ESPI's codes of quality, and what they are to a bill.
enum ESPIQuality {
  static func quality(of code: Int?) -> Quality { code.flatMap { known[$0] } ?? .actual }

  static let known: [Int: Quality] = [
    0: .actual,  // valid
    7: .substituted,  // manually edited
    8: .estimated,  // by a reference day
    9: .estimated,  // by interpolation
    10: .actual,  // questionable
    11: .substituted,  // derived
    12: .estimated,  // projected
    13: .estimated,  // mixed
    14: .actual,  // raw
    15: .substituted,  // normalized for weather
    16: .actual,  // other
    17: .actual,  // validated
    18: .actual,  // verified
    19: .actual,  // fit for billing
  ]
}
