extension InvoiceDocument {
  /// A reading that a bill run estimated, and from what.
  public struct Estimate: Encodable, Hashable, Sendable {
    /// The meter's name.
    public var meter: String
    /// The register's name.
    public var register: String
    /// The estimate.
    public var reading: Usage.Reading
    /// As `daily-average`.
    public var method: String
    /// The measured reading with which the usage that it goes by begins.
    public var from: Usage.Reading
    /// The one with which it ends.
    public var until: Usage.Reading
    /// Days between them.
    public var days: Int
    /// Energy between them in kWh.
    public var kwh: String

    /// An estimate.
    public init(
      meter: String, register: String, reading: Usage.Reading, method: String,
      from: Usage.Reading, until: Usage.Reading, days: Int, kwh: String
    ) {
      self.meter = meter
      self.register = register
      self.reading = reading
      self.method = method
      self.from = from
      self.until = until
      self.days = days
      self.kwh = kwh
    }

    /// What was estimated, and from what: two lines.
    var sentences: [String] {
      [
        "\(meter) \(register) of \(reading.time), \(reading.value), by \(method):",
        "\(InvoiceDocument.grouped(kwh)) kWh in \(days) days, \(from.time) to \(until.time)"
          + " (events \(from.address) to \(until.address))",
      ]
    }
  }

  /// What the customer reads of the estimates; empty where nothing is estimated.
  var estimateLines: [String] {
    guard !estimates.isEmpty else { return [] }
    return [""]
      + estimates.flatMap { estimate in
        zip(["Estimate ", "         "], estimate.sentences).map { $0 + $1 }
      } + ["         A reading of the meter settles it."]
  }
}
