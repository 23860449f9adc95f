import CivilTime

/// The first reading of a file: how its entries belong together, and how much there is.
final class GreenButtonSurvey: ESPISink {
  private struct MeterReading {
    var selfLink: String?
    var upLink: String?
    var related: [String]
  }

  private var outline = GreenButtonOutline()
  private var usagePoints: [(selfLink: String?, kind: Int?)] = []
  private var usagePointOf: [String: Int] = [:]
  private var meterReadings: [MeterReading] = []
  private var meterReadingOf: [String: Int] = [:]
  /// Which meter reading, or usage point, names a link as related to it.
  private var meterReadingNaming: [String: Int] = [:]
  private var usagePointNaming: [String: Int] = [:]
  private var readingTypes: [Result<ESPIReadingType, ESPIFieldError>] = []
  private var readingTypeOf: [String: Int] = [:]
  private var ambiguous: Set<String> = []
  /// The places that interval blocks name as theirs, each once.
  private var places: [[String]] = []
  private var placeOf: [[String]: Int32] = [:]
  private var blockPlaces: [Int32] = []
  private var blockIntervals: [Int] = []
  private var unknownQualities: [Int: Int] = [:]
  private var entries = 0

  func block() { blockIntervals.append(0) }

  func reading(_ reading: ESPIReading) {
    outline.intervals += 1
    if !blockIntervals.isEmpty { blockIntervals[blockIntervals.count - 1] += 1 }
    if let value = reading.value.flatMap({ Int64($0) }) { outline.valueSum += Int128(value) }
    if let cost = reading.cost.flatMap({ Int64($0) }) { outline.costSum += Int128(cost) }
    if let start = try? reading.startSecond, let length = try? reading.seconds {
      let begin = Instant(rawValue: start)
      outline.firstStart = min(outline.firstStart ?? begin, begin)
      let end = begin + length
      outline.lastEnd = max(outline.lastEnd ?? end, end)
    }
    if let code = (try? reading.qualityCode) ?? nil, ESPIQuality.known[code] == nil,
      unknownQualities.count < 100 || unknownQualities[code] != nil
    {
      unknownQualities[code, default: 0] += 1
    }
  }

  func entry(_ entry: ESPIEntry) throws {
    if entry.kind != .intervalBlock { entries += 1 }
    guard entries <= InterchangeLimits.espiEntries else {
      throw FileRefusal.beyondLimit(
        "more than \(InterchangeLimits.espiEntries) entries", line: entry.line)
    }
    switch entry.kind {
    case .localTime: takeLocalTime(entry.fields)
    case .usagePoint:
      if let link = entry.selfLink, usagePointOf[link] != nil { return }
      if let link = entry.selfLink { usagePointOf[link] = usagePoints.count }
      for link in entry.related where usagePointNaming[link] == nil {
        usagePointNaming[link] = usagePoints.count
      }
      usagePoints.append((entry.selfLink, entry.fields["kind"].flatMap { Int($0) }))
    case .meterReading:
      if let link = entry.selfLink, meterReadingOf[link] != nil { return }
      if let link = entry.selfLink { meterReadingOf[link] = meterReadings.count }
      for link in entry.related where meterReadingNaming[link] == nil {
        meterReadingNaming[link] = meterReadings.count
      }
      meterReadings.append(
        MeterReading(selfLink: entry.selfLink, upLink: entry.upLink, related: entry.related))
    case .readingType: takeReadingType(entry)
    case .intervalBlock: takeBlocks(entry)
    case nil: break
    }
  }

  private func takeLocalTime(_ fields: [String: String]) {
    outline.localTime = GreenButtonOutline.LocalTimeParameters(
      zoneOffset: fields["tzOffset"].flatMap { Int($0) },
      daylightOffset: fields["dstOffset"].flatMap { Int($0) },
      daylightRules: [fields["dstStartRule"], fields["dstEndRule"]].compactMap { $0 })
  }

  private func takeReadingType(_ entry: ESPIEntry) {
    let type = Result { () throws(ESPIFieldError) in try ESPIReadingType(entry.fields) }
    guard let link = entry.selfLink else {
      readingTypes.append(type)
      return
    }
    guard let earlier = readingTypeOf[link] else {
      readingTypeOf[link] = readingTypes.count
      readingTypes.append(type)
      return
    }
    guard case .success(let first) = readingTypes[earlier], case .success(let second) = type,
      first.meansTheSame(as: second)
    else {
      ambiguous.insert(link)
      return
    }
    if first != second {
      outline.warnings.append(
        "line \(entry.line): ReadingType \(clipped(lastPart(link))) is described twice, with small "
          + "differences; the first description counts")
    }
  }

  private func takeBlocks(_ entry: ESPIEntry) {
    var candidates: [String] = []
    if let link = entry.selfLink {
      candidates = [link].filter { meterReadingNaming[$0] != nil } + [parent(link)]
    }
    if let link = entry.upLink { candidates.append(link) }
    let place = placeOf[candidates] ?? Int32(places.count)
    if Int(place) == places.count {
      places.append(candidates)
      placeOf[candidates] = place
    }
    for _ in 0..<entry.blocks { blockPlaces.append(place) }
  }
}

extension GreenButtonSurvey {
  /// What was learned: the outline, and the channel of each block.
  func result() throws(FileRefusal) -> (GreenButtonOutline, [Int32]) {
    outline.blocks = blockIntervals.count
    outline.usagePoints = namedUsagePoints()
    outline.channels = meterReadings.map(channel)
    var channelOf: [Int32] = []
    for candidates in places { channelOf.append(channelIndex(for: candidates)) }
    var blockChannels: [Int32] = []
    blockChannels.reserveCapacity(blockPlaces.count)
    for (block, place) in blockPlaces.enumerated() {
      let channel = channelOf[Int(place)]
      blockChannels.append(channel)
      outline.channels[Int(channel)].blocks += 1
      outline.channels[Int(channel)].intervals += blockIntervals[block]
    }
    for (code, count) in unknownQualities.sorted(by: { $0.key < $1.key }) {
      outline.warnings.append(
        "\(count) intervals have the unknown quality code \(code); they are read as actual")
    }
    return (outline, blockChannels)
  }

  private func namedUsagePoints() -> [GreenButtonOutline.UsagePoint] {
    let short = usagePoints.map { lastPart($0.selfLink ?? "") }
    let counts = Dictionary(short.map { ($0, 1) }, uniquingKeysWith: +)
    return zip(usagePoints, short).map { point, id in
      GreenButtonOutline.UsagePoint(
        id: counts[id] == 1 ? id : point.selfLink ?? "", serviceKind: point.kind)
    }
  }

  private func channel(_ meterReading: MeterReading) -> GreenButtonChannel {
    var channel = GreenButtonChannel(
      usagePoint: usagePoint(of: meterReading), id: lastPart(meterReading.selfLink ?? ""))
    let links = meterReading.related.filter { readingTypeOf[$0] != nil }
    let index = links.first.flatMap { readingTypeOf[$0] } ?? (readingTypes.count == 1 ? 0 : nil)
    if let kind = channel.usagePoint.flatMap({ usagePoints[$0].kind }), kind != 0 {
      channel.refusal = .notElectricity(ESPIReadingType.services[kind] ?? "service \(kind)")
    }
    guard let index else {
      channel.refusal = channel.refusal ?? .noReadingType
      return channel
    }
    switch readingTypes[index] {
    case .success(let type):
      channel.readingType = type
      channel.refusal = channel.refusal ?? type.refusal
    case .failure(let error):
      channel.refusal = channel.refusal ?? .badReadingType(field: error.field, text: error.text)
    }
    if links.contains(where: ambiguous.contains) || Set(links).count > 1 {
      channel.refusal = channel.refusal ?? .ambiguousReadingType
    }
    if channel.usagePoint == nil { channel.refusal = channel.refusal ?? .noUsagePoint }
    return channel
  }

  private func usagePoint(of meterReading: MeterReading) -> Int? {
    for link in [meterReading.selfLink, meterReading.upLink].compactMap({ $0 }) {
      if let found = ancestor(of: link, in: usagePointOf) { return found }
    }
    let links = [meterReading.selfLink, meterReading.upLink].compactMap { $0 }
    let owner = links.lazy.compactMap { self.usagePointNaming[$0] }.first
    return owner ?? (usagePoints.count == 1 ? 0 : nil)
  }

  /// The channel that blocks with these links belong to; one of its own, refused, where none does.
  private func channelIndex(for candidates: [String]) -> Int32 {
    for link in candidates {
      if let found = ancestor(of: link, in: meterReadingOf) { return Int32(found) }
      if let found = meterReadingNaming[link] { return Int32(found) }
    }
    if meterReadings.count == 1 { return 0 }
    let usagePoint = candidates.lazy.compactMap { self.ancestor(of: $0, in: self.usagePointOf) }
      .first
    outline.channels.append(
      GreenButtonChannel(
        usagePoint: usagePoint, id: candidates.first.map(lastPart) ?? "", refusal: .noReadingType))
    return Int32(outline.channels.count - 1)
  }

  /// What `link`, or the nearest of the paths above it, names.
  private func ancestor(of link: String, in index: [String: Int]) -> Int? {
    var path = link
    while !path.isEmpty {
      if let found = index[path] { return found }
      let above = parent(path)
      guard above.utf8.count < path.utf8.count else { return nil }
      path = above
    }
    return nil
  }
}

/// A link without its last part.
private func parent(_ link: String) -> String {
  guard let slash = link.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
  return String(link[..<slash])
}

/// The last part of a link.
private func lastPart(_ link: String) -> String {
  guard let slash = link.utf8.lastIndex(of: UInt8(ascii: "/")) else { return link }
  return String(link[link.utf8.index(after: slash)...])
}
