import CivilTime
public import EventSourcing

extension InputRejected: WireMessage {
  /// `InputRejected`.
  public static var wireName: StaticName { "InputRejected" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let kind = try coder.choice(1, it?.kind, common: InputKind.unspecified, bytes)
    let source = try coder.text(2, it?.source, bytes)
    let line = try coder.unsigned(3, it?.line, bytes)
    let code = try coder.text(4, it?.code, bytes)
    let field = try coder.text(5, it?.field, bytes)
    let detail = try coder.text(6, it?.detail, bytes)
    let commitment = try coder.data(7, it?.commitment, bytes)
    let account = try coder.text(8, it?.account, bytes)
    let meter = try coder.text(9, it?.meter, bytes)
    let register = try coder.text(10, it?.register, bytes)
    let at = try coder.optionalInstant(11, it?.at, bytes)
    let start = try coder.optionalDay(12, it?.start, bytes)
    let end = try coder.optionalDay(13, it?.end, bytes)
    return Self(
      kind: kind, source: source, line: line, code: code, field: field, detail: detail,
      commitment: commitment, account: account, meter: meter, register: register, at: at,
      start: start, end: end)
  }
}

extension InputResolved: WireMessage {
  /// `InputResolved`.
  public static var wireName: StaticName { "InputResolved" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let how = try coder.choice(1, it?.how, common: Resolution.unspecified, bytes)
    let reason = try coder.text(2, it?.reason, bytes)
    return Self(how: how, reason: reason)
  }
}

extension Parameter: WireMessage {
  /// `Parameter`.
  public static var wireName: StaticName { "Parameter" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let key = try coder.text(1, it?.key, bytes)
    return Self(key, try coder.text(2, it?.value, bytes))
  }
}

extension Count: WireMessage {
  /// `Count`.
  public static var wireName: StaticName { "Count" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let key = try coder.text(1, it?.key, bytes)
    return Self(key, try coder.signed(2, it?.value, bytes))
  }
}

extension RunStarted: WireMessage {
  /// `RunStarted`.
  public static var wireName: StaticName { "RunStarted" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    let kind = try coder.text(1, it?.kind, bytes)
    let parameters: [Parameter] = try coder.messages(2, it?.parameters, bytes)
    return Self(kind: kind, parameters: parameters)
  }
}

extension RunFinished: WireMessage {
  /// `RunFinished`.
  public static var wireName: StaticName { "RunFinished" }

  /// Codes the fields.
  public static func coded<Coder: WireCoder>(
    _ coder: inout Coder, _ it: Self?, _ bytes: RawSpan
  ) throws(Coder.Failure) -> Self {
    Self(counts: try coder.messages(1, it?.counts, bytes))
  }
}
