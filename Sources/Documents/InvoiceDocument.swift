/// An invoice as its reader sees it: a pure function of the book, all amounts decimal strings.
public struct InvoiceDocument: Encodable, Hashable, Sendable {
  /// The period billed.
  public struct Period: Encodable, Hashable, Sendable {
    /// The first day.
    public var start: String
    /// The day after the last one.
    public var end: String
    /// How many days.
    public var days: Int

    /// A period from `start` up to, and without, `end`.
    public init(start: String, end: String, days: Int) {
      self.start = start
      self.end = end
      self.days = days
    }
  }

  /// The usage between two readings of a register, or of an interval channel.
  public struct Usage: Encodable, Hashable, Sendable {
    /// A reading used.
    public struct Reading: Encodable, Hashable, Sendable {
      /// Local time, as `2026-02-01` at midnight.
      public var time: String
      /// What the register showed.
      public var value: String
      /// How it was obtained.
      public var quality: String
      /// The event's address in the book.
      public var address: String

      /// A reading, by local time.
      public init(time: String, value: String, quality: String, address: String) {
        self.time = time
        self.value = value
        self.quality = quality
        self.address = address
      }
    }

    /// The meter's name.
    public var meter: String
    /// The register's name.
    public var register: String
    /// The opening reading; none for intervals.
    public var from: Reading?
    /// The closing reading; none for intervals.
    public var to: Reading?
    /// How many intervals; none for readings.
    public var intervals: Int?
    /// Where the first and last interval events are; empty for readings.
    public var addresses: [String]
    /// The multiplier, where it is not 1.
    public var multiplier: String?
    /// Energy in kWh.
    public var kwh: String

    /// The usage of one register or channel.
    public init(
      meter: String, register: String, from: Reading? = nil, to: Reading? = nil,
      intervals: Int? = nil, addresses: [String] = [], multiplier: String? = nil, kwh: String
    ) {
      self.meter = meter
      self.register = register
      self.from = from
      self.to = to
      self.intervals = intervals
      self.addresses = addresses
      self.multiplier = multiplier
      self.kwh = kwh
    }
  }

  /// One line.
  public struct Line: Encodable, Hashable, Sendable {
    /// Its number on the invoice, from 1.
    public var line: Int
    /// The charge event's address in the book.
    public var address: String
    /// As `ENERGY_CHARGE`.
    public var type: String
    /// As `VARIABLE_ENERGY`; what Finance sums by.
    public var revenueClass: String
    /// What the customer reads.
    public var label: String
    /// How many of `unit`; empty where the line has none.
    public var quantity: String
    /// As `kWh`, `month`.
    public var unit: String
    /// The price a unit, or the rate in percent.
    public var price: String
    /// What a percentage is of; empty otherwise.
    public var base: String
    /// The amount.
    public var amount: String
    /// What was waived; `nil` where nothing was.
    public var waived: String?
    /// The promotion that waived it.
    public var waivedBy: String?
    /// Of a tax, the certificate that exempts the customer from it.
    public var exemptBy: String?
    /// The first day and the day after the last one, where they are not the invoice's.
    public var span: Period?

    /// A line.
    public init(
      line: Int, address: String, type: String, revenueClass: String, label: String,
      quantity: String = "", unit: String = "", price: String = "", base: String = "",
      amount: String, waived: String? = nil, waivedBy: String? = nil, span: Period? = nil
    ) {
      self.line = line
      self.address = address
      self.type = type
      self.revenueClass = revenueClass
      self.label = label
      self.quantity = quantity
      self.unit = unit
      self.price = price
      self.base = base
      self.amount = amount
      self.waived = waived
      self.waivedBy = waivedBy
      self.span = span
    }
  }

  /// A part of the invoice, with its sum.
  public struct Section: Encodable, Hashable, Sendable {
    /// What the customer reads above it.
    public var title: String
    /// Its lines, in order.
    public var lines: [Line]
    /// Their sum.
    public var subtotal: String

    /// A section.
    public init(title: String, lines: [Line], subtotal: String) {
      self.title = title
      self.lines = lines
      self.subtotal = subtotal
    }
  }

  /// The name of the book, who issues it.
  public var issuer = ""
  /// Whether the book is a simulation.
  public var simulated = false
  /// As `1000000001-0007`.
  public var number = ""
  /// The customer's account.
  public var account = ""
  /// As `issued`, or that it was cancelled and what replaces it.
  public var status = ""
  /// Whether it bills no energy, only what waited for an invoice.
  public var isStatement = false
  /// The number of the cancelled invoice that it replaces; empty for none.
  public var replaces = ""
  /// The entry's position in the book.
  public var position = ""
  /// When the book learned it, in UTC.
  public var recordedAt = ""
  /// The accounting day.
  public var issued = ""
  /// The last day to pay without being late.
  public var due = ""
  /// The period billed.
  public var period = Period(start: "", end: "", days: 0)
  /// The customer class.
  public var customerClass = ""
  /// The plan on the last day.
  public var plan = ""
  /// What the customer reads for the plan.
  public var planTitle = ""
  /// Where energy is delivered.
  public var servicePoint = ""
  /// The taxing jurisdictions.
  public var jurisdictions: [String] = []
  /// What was measured.
  public var usage: [Usage] = []
  /// The readings that were estimated; empty where none was.
  public var estimates: [Estimate] = []
  /// Total energy in kWh.
  public var kwh = ""
  /// What became of banked energy, a sentence each; empty where there is none.
  public var bank: [String] = []
  /// The sections, in Finance's order.
  public var sections: [Section] = []
  /// The sum of all lines.
  public var total = ""

  /// An empty document, to be filled.
  public init() {}

  /// All lines, in order.
  public var lines: [Line] { sections.flatMap(\.lines) }

  private enum CodingKeys: String, CodingKey {
    case issuer, simulated, number, account, status, position, issued, due, period
    case plan, jurisdictions, usage, estimates, kwh, bank, lines, subtotals, total, replaces
    case isStatement = "statement"
    case recordedAt = "recorded_at"
    case customerClass = "class"
    case planTitle = "plan_title"
    case servicePoint = "service_point"
  }

  /// Lines lie flat, each with its type and class; the sections' sums are beside them.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(issuer, forKey: .issuer)
    try container.encode(simulated, forKey: .simulated)
    try container.encode(number, forKey: .number)
    try container.encode(account, forKey: .account)
    try container.encode(status, forKey: .status)
    if isStatement { try container.encode(isStatement, forKey: .isStatement) }
    if !replaces.isEmpty { try container.encode(replaces, forKey: .replaces) }
    try container.encode(position, forKey: .position)
    try container.encode(recordedAt, forKey: .recordedAt)
    try container.encode(issued, forKey: .issued)
    try container.encode(due, forKey: .due)
    try container.encode(period, forKey: .period)
    try container.encode(customerClass, forKey: .customerClass)
    try container.encode(plan, forKey: .plan)
    try container.encode(planTitle, forKey: .planTitle)
    try container.encode(servicePoint, forKey: .servicePoint)
    try container.encode(jurisdictions, forKey: .jurisdictions)
    try container.encode(usage, forKey: .usage)
    if !estimates.isEmpty { try container.encode(estimates, forKey: .estimates) }
    try container.encode(kwh, forKey: .kwh)
    if !bank.isEmpty { try container.encode(bank, forKey: .bank) }
    try container.encode(lines, forKey: .lines)
    let subtotals = sections.map { ($0.title, $0.subtotal) }
    try container.encode(
      Dictionary(uniqueKeysWithValues: subtotals), forKey: .subtotals)
    try container.encode(total, forKey: .total)
  }
}

extension InvoiceDocument.Line {
  private enum CodingKeys: String, CodingKey {
    case line, address, type, label, quantity, unit, price, base, amount, waived, span
    case revenueClass = "class"
    case waivedBy = "waived_by"
    case exemptBy = "exempt_by"
  }
}
