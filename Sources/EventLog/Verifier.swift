import Dispatch
import EventSourcing
import LMDB
import Synchronization

extension Book {
  /// Recomputes the book from its bytes up, on all cores, and says exactly what was covered.
  ///
  /// For every entry: its leaf hash against the bytes stored beside it, its header's canonical
  /// form, its time, its place in the index, and that `decode` takes each event. For every volume:
  /// gapless positions, contiguous stream versions, heads brought forward, the tree's nodes, the
  /// seal and what the next volume's first entry says of it. Together with the root this covers
  /// every byte of every entry; of the file around them it covers what readers rely on.
  ///
  /// Stops at the first volume with damage, having found the damage of the least position in it.
  /// Writers may go on meanwhile; what they append after this begins is not covered.
  ///
  /// - Parameters:
  ///   - progress: Called now and then, from any thread, one call at a time.
  ///   - decode: Decodes one event of a stream of the given kind that lies in a range of the bytes;
  ///     called from several threads. Control events are decoded without it.
  public func verify(
    progress: @escaping @Sendable (VerifyProgress) -> Void = { _ in }, decode: @escaping EventCheck
  ) throws -> VerifyReport {
    let (volumes, head) = try read { snapshot in (snapshot.volumes, snapshot.head) }
    let verifier = Verifier(
      identity: identity, volumes: volumes, size: head.size, root: head.root, progress: progress,
      decode: decode)
    return verifier.run()
  }
}

/// The verification of one book, volume by volume.
struct Verifier {
  let identity: BookIdentity
  let volumes: [Volume]
  let size: UInt64
  let root: MerkleHash
  let progress: @Sendable (VerifyProgress) -> Void
  let decode: EventCheck

  func run() -> VerifyReport {
    let first = volumes[0].information
    var report = VerifyReport(
      first: Position(first.first), size: size, root: first.start.root)
    var state = VerifyState(range: first.start)
    for index in volumes.indices {
      do {
        report.damage = try verify(index, &state, &report)
      } catch {
        report.damage = Damage(.volume(volumes[index].name), "\(error)")
      }
      if report.damage != nil { return report }
      report.volumes.append(volumes[index].name)
      report.root = state.range.root
    }
    if report.root != root {
      report.damage = Damage(
        .volume(volumes.last!.name), "its head does not have the root of its entries")
    }
    return report
  }

  private func verify(
    _ index: Int, _ state: inout VerifyState, _ report: inout VerifyReport
  ) throws -> Damage? {
    let volume = volumes[index]
    let end = index + 1 < volumes.count ? volumes[index + 1].first : size
    guard volume.information.book == identity else {
      return Damage(.volume(volume.name), "it belongs to another book")
    }
    guard volume.information.start == state.range, volume.first < end else {
      return Damage(.volume(volume.name), "it does not begin where the volume before ends")
    }
    let (chunks, indexes) = check(index, volume.first..<end, report)
    for chunk in chunks {
      report.entries += chunk.entries
      report.events += chunk.events
      report.bytes += chunk.bytes
    }
    if let damage = chunks.lazy.compactMap(\.damage).first { return damage }
    if let damage = indexes.damage { return damage }
    guard indexes.rows == end - volume.first else {
      return Damage(
        .volume(volume.name),
        "its index has \(indexes.rows) versions for \(end - volume.first) entries")
    }
    report.streams = indexes.streams
    if let damage = checkTimes(chunks, volume, &state) { return damage }
    let control = try checkControl(index, state)
    if let control { return control }
    if let damage = try checkTree(chunks, volume, &state, &report) { return damage }
    return try checkEnd(index, state)
  }

  /// Verifies a volume's entries and indexes on all cores.
  private func check(
    _ index: Int, _ positions: Range<UInt64>, _ report: VerifyReport
  ) -> ([EntriesCheck.Result], IndexCheck.Result) {
    let volume = volumes[index]
    let parts = chunks(positions)
    let results = Mutex<[EntriesCheck.Result?]>(Array(repeating: nil, count: parts.count))
    let indexes = Mutex<IndexCheck.Result?>(nil)
    let done = Mutex(report.entries)
    let total = size - report.first.rawValue
    DispatchQueue.concurrentPerform(iterations: parts.count + 1) { number in
      guard number > 0 else {
        let check = IndexCheck(
          volume: volume, previous: index > 0 ? volumes[index - 1] : nil, positions: positions)
        indexes.withLock { $0 = check.run() }
        return
      }
      let result = EntriesCheck(volume: volume, positions: parts[number - 1], decode: decode).run()
      results.withLock { $0[number - 1] = result }
      done.withLock { done in
        done += result.entries
        progress(VerifyProgress(entries: done, total: total))
      }
    }
    return (results.withLock { $0.map { $0! } }, indexes.withLock { $0! })
  }

  /// Splits positions at multiples of some thousands, so that 256-leaf subtrees stay whole.
  private func chunks(_ positions: Range<UInt64>) -> [Range<UInt64>] {
    var chunks: [Range<UInt64>] = []
    var start = positions.lowerBound
    while start < positions.upperBound {
      let end = min(positions.upperBound, (start / Limits.verifyChunk + 1) * Limits.verifyChunk)
      chunks.append(start..<end)
      start = end
    }
    return chunks
  }
}

/// What a verification carries from volume to volume.
struct VerifyState {
  /// The tree recomputed so far.
  var range: CompactRange
  var lastRecordedAt: Timestamp?
}
