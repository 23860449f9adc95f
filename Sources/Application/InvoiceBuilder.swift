import Billing
import CivilTime
import Documents
import EventLog
import EventSourcing
import Metering
import Money
import Tariffs

/// Makes an invoice's document from what the book holds of it.
struct InvoiceBuilder {
  let stored: StoredInvoice
  let issuer: String
  let isSimulated: Bool
  /// The account as it is now: whether the invoice stands, and what replaces it.
  var present: AccountState?

  private var rated: RatedBill { stored.derivation.rated }
  private var input: RatingInput { stored.derivation.input }

  /// The document.
  var document: InvoiceDocument {
    var document = InvoiceDocument()
    let invoice = stored.invoice
    document.issuer = issuer
    document.simulated = isSimulated
    document.number = stored.number
    document.account = stored.account
    document.status = status
    document.isStatement = invoice.isStatement
    if invoice.replaces != 0 {
      document.replaces = InvoiceIssued.number(account: stored.account, ordinal: invoice.replaces)
    }
    document.position = stored.position.description
    document.recordedAt = stored.header.recordedAt.iso
    document.issued = Day(rawValue: stored.header.effectiveDay ?? 0).description
    document.due = invoice.due.description
    document.period = InvoiceDocument.Period(invoice.period)
    document.customerClass = invoice.customerClass.name
    document.plan = invoice.plan
    document.planTitle = input.segments.last?.tariff.version.title ?? ""
    document.servicePoint = stored.state.details?.servicePoint ?? ""
    document.jurisdictions = invoice.jurisdictions
    document.usage = dials + channels
    document.estimates = estimates
    document.kwh =
      stored.derivation.input.segments
      .reduce(Energy.zero) { $0 + $1.usage.reduce(.zero, +) }.kilowattHours
    document.bank = bank
    document.sections = sections
    document.total = invoice.total.description
    return document
  }

  private var status: String {
    guard let present, let invoice = present.invoice(stored.invoice.ordinal) else {
      return "issued"
    }
    return present.cancellation(of: invoice, stored.account) ?? "issued"
  }

  private var bank: [String] {
    guard let bank = rated.bank else { return [] }
    var sentences: [String] = []
    for period in bank.periods {
      let tariff = input.segments[Int(period.segment)].tariff.version
      let name =
        tariff.periods.isEmpty ? "" : tariff.periods[Int(period.period)].name + ": "
      var parts = ["\(period.opening) were in the bank", "\(period.net) net were taken"]
      if period.applied > .zero { parts.append("\(period.applied) of the bank are not billed") }
      if period.banked > .zero { parts.append("\(period.banked) were added") }
      sentences.append(name + parts.joined(separator: ", "))
    }
    if bank.settled > .zero { sentences.append("\(bank.settled) are paid for at the year's end") }
    if bank.expired > .zero { sentences.append("\(bank.expired) expire") }
    for left in bank.closing { sentences.append("\(left) are left for the next bill") }
    return sentences
  }

  private var dials: [InvoiceDocument.Usage] {
    stored.derivation.measured.dials.flatMap { dial in
      zip(dial.readings, dial.readings.dropFirst()).map { from, to in
        InvoiceDocument.Usage(
          meter: dial.meter, register: dial.spec.name, from: reading(from, dial.spec),
          to: reading(to, dial.spec),
          multiplier: dial.spec.multiplier == 1 ? nil : "\(dial.spec.multiplier)",
          kwh: dial.spec.usage(from: from.value, to: to.value).energy.kilowattHours)
      }
    }
  }

  /// A reading of a register as the customer sees it.
  func reading(
    _ reading: AccountState.Reading, _ spec: RegisterSpec
  ) -> InvoiceDocument.Usage.Reading {
    let local = stored.zone.local(reading.at)
    let decimals = Int(spec.decimals)
    return InvoiceDocument.Usage.Reading(
      time: local.secondOfDay == 0 ? local.day.description : local.description,
      value: DecimalText.format(Int128(reading.value), scale: decimals, minimumDecimals: decimals),
      quality: reading.quality.name, address: stored.address(reading.place).description)
  }

  private var channels: [InvoiceDocument.Usage] {
    let from = stored.zone.midnight(of: input.period.start)
    let until = stored.zone.midnight(of: input.period.end)
    return stored.derivation.measured.channels.map { channel in
      var count = 0
      var energy = Energy.zero
      for block in channel.blocks.map(\.block) {
        for index in block.values.indices where from..<until ~= block.start(of: index) {
          count += 1
          energy += block.energy(at: index)
        }
      }
      let places = [channel.blocks.first, channel.blocks.last].compactMap { $0 }
      return InvoiceDocument.Usage(
        meter: channel.meter, register: channel.spec.name, intervals: count,
        addresses: places.map { stored.address($0.place).description },
        kwh: energy.kilowattHours)
    }
  }

  private var sections: [InvoiceDocument.Section] {
    var sections: [(title: String, lines: [InvoiceDocument.Line], sum: Money)] = []
    for (index, charge) in stored.derivation.charges.enumerated() {
      let type = charge.isFromWaiting ? charge.type : rated.lines[ratedLine(index)].type
      let title = type?.sectionTitle ?? ""
      if sections.last?.title != title { sections.append((title, [], .zero)) }
      sections[sections.count - 1].lines.append(line(index))
      sections[sections.count - 1].sum += charge.amount
    }
    return sections.map {
      InvoiceDocument.Section(title: $0.title, lines: $0.lines, subtotal: $0.sum.description)
    }
  }

  /// Line `index`, from 0.
  func line(_ index: Int) -> InvoiceDocument.Line {
    guard !stored.derivation.charges[index].isFromWaiting else { return waitingLine(index) }
    var line = InvoiceDocument.Line(
      ratedLine(index), of: rated, input, address: address(ofLine: index))
    line.line = index + 1
    let charge = stored.derivation.charges[index]
    if charge.isExempt { line.exemptBy = charge.waivedBy }
    return line
  }

  /// The number among the rated lines of line `index`: those that waited are not among them.
  func ratedLine(_ index: Int) -> Int {
    index - stored.derivation.charges[..<index].count { $0.isFromWaiting }
  }

  /// The address of the charge that line `index` shows.
  func address(ofLine index: Int) -> String {
    EventAddress(stored.position, stored.derivation.firstCharge + index).description
  }
}

extension LineType {
  /// What the customer reads above lines of this type.
  fileprivate var sectionTitle: String {
    switch self {
    case .energyCharge, .demandCharge, .rider: "Energy"
    case .fixedCharge, .minimumCharge: "Fixed charges"
    case .adjustment, .credit, .lateFee: "Adjustments, credits and late fees"
    case .tax: "Taxes"
    }
  }
}

/// An invoice as the customer sees it.
public struct InvoiceReport: Report {
  let document: InvoiceDocument

  /// The invoice, 78 columns wide.
  public var text: String { document.text }

  /// The document itself.
  public func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
}

extension Ledger {
  /// The invoice called `number`, as the customer sees it.
  public func invoice(_ number: String) throws -> InvoiceReport {
    let stored = try storedInvoice(number)
    let builder = InvoiceBuilder(
      stored: stored, issuer: book.identity.name, isSimulated: book.identity.isSimulated,
      present: try book.read { try AccountState(of: stored.account, in: $0) })
    return InvoiceReport(document: builder.document)
  }
}
