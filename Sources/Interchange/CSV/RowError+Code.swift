extension RowError.Reason {
  /// The reason's name, for good: what lists group by.
  public var code: String {
    switch self {
    case .ragged: "ragged"
    case .unclosedQuote: "unclosed-quote"
    case .strayQuote: "stray-quote"
    case .invalidUTF8: "invalid-utf-8"
    case .tooLong: "too-long"
    case .missing: "missing"
    case .notIdentifier: "not-identifier"
    case .notDecimal: "not-decimal"
    case .tooPrecise: "too-precise"
    case .notWhole: "not-whole"
    case .offTheDial: "off-the-dial"
    case .notDate: "not-date"
    case .notTime: "not-time"
    case .notOneOf: "not-one-of"
    case .notText: "not-text"
    case .notWattHours: "not-watt-hours"
    case .repeated: "repeated"
    case .beforeService: "before-service"
    case .notForIntervalChannel: "not-for-interval-channel"
    case .neededByRegister: "needed-by-register"
    case .disagrees: "disagrees"
    case .repeatedRegister: "repeated-register"
    case .companionWrong: "companion-wrong"
    case .notPositive: "not-positive"
    case .tooMuch: "too-much"
    case .otherCurrency: "other-currency"
    case .notInvoice: "not-invoice"
    case .otherAccount: "other-account"
    }
  }
}
