import Dispatch
import Foundation
import Synchronization

/// Work on every core.
public enum Workers {
  /// The number of cores this process may use.
  public static let count = max(1, ProcessInfo.processInfo.activeProcessorCount)

  /// The results of `body` for each of `inputs`, in order, computed on all cores.
  ///
  /// The first error (by the order of the inputs) is thrown when all have ended.
  public static func map<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], _ body: @Sendable (Input) throws -> Output
  ) throws -> [Output] {
    guard inputs.count > 1 else { return try inputs.map(body) }
    let results = Mutex<[Result<Output, any Error>?]>(Array(repeating: nil, count: inputs.count))
    DispatchQueue.concurrentPerform(iterations: inputs.count) { index in
      let result = Result { try body(inputs[index]) }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { try $0.map { try $0!.get() } }
  }

  /// Makes each input that `feed` pushes into an output on all cores, a few ahead, and hands the
  /// outputs to `consume` on this thread, in order, while more inputs are found and the next
  /// outputs made.
  ///
  /// - Throws: The first error of `produce` (by the order of the inputs) or `consume`, else that of
  ///   `feed`; nothing more is consumed after it.
  public static func pipeline<Input: Sendable, Output: Sendable>(
    feed: @escaping @Sendable (_ push: (Input) -> Void) throws -> Void,
    produce: @escaping @Sendable (Input) throws -> Output,
    consume: (Input, Output) throws -> Void
  ) throws {
    let line = AssemblyLine(ahead: 2 * count, produce: produce)
    line.start(workers: count, feed: feed)
    defer { line.stop() }
    while let (input, output) = try line.take() { try consume(input, output) }
  }
}

/// The inputs of a pipeline, and the outputs made of them that are not yet taken.
private final class AssemblyLine<Input: Sendable, Output: Sendable>: Sendable {
  /// An input, and what becomes of it.
  private final class Item: Sendable {
    let input: Input
    let result = Mutex<Result<Output, any Error>?>(nil)
    let isReady = DispatchSemaphore(value: 0)

    init(_ input: Input) { self.input = input }
  }

  private struct State {
    /// All that were pushed; `nil` where handed out.
    var items: [Item?] = []
    /// How many of them the workers took.
    var taken = 0
    /// How many of them were handed out.
    var handedOut = 0
    /// How feeding ended.
    var end: Result<Void, any Error>?
    var isStopped = false
  }

  private let produce: @Sendable (Input) throws -> Output
  private let state = Mutex(State())
  /// Signalled for each input, and at the end.
  private let pushed = DispatchSemaphore(value: 0)
  /// As `pushed`, for the workers.
  private let work = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: 0)
  private let threads = DispatchGroup()

  init(ahead: Int, produce: @escaping @Sendable (Input) throws -> Output) {
    self.produce = produce
    for _ in 0..<ahead { room.signal() }
  }

  func start(
    workers count: Int, feed: @escaping @Sendable (_ push: (Input) -> Void) throws -> Void
  ) {
    DispatchQueue.global().async(group: threads) { self.push(feed) }
    for _ in 0..<count {
      DispatchQueue.global().async(group: threads) {
        while let item = self.next() {
          let result = Result { try self.produce(item.input) }
          item.result.withLock { $0 = result }
          item.isReady.signal()
        }
      }
    }
  }

  private func push(_ feed: (_ push: (Input) -> Void) throws -> Void) {
    let end = Result {
      try feed { input in
        state.withLock { $0.items.append(Item(input)) }
        pushed.signal()
        work.signal()
      }
    }
    state.withLock { $0.end = end }
    pushed.signal()
    work.signal()
  }

  /// The next input to work on; `nil` at the end.
  private func next() -> Item? {
    room.wait()
    work.wait()
    let item = state.withLock { state -> Item? in
      guard !state.isStopped, state.taken < state.items.count else { return nil }
      defer { state.taken += 1 }
      return state.items[state.taken]
    }
    if item == nil {
      // The other workers come to the end too.
      room.signal()
      work.signal()
    }
    return item
  }

  /// The next input and its output, in order; `nil` at the end.
  func take() throws -> (Input, Output)? {
    pushed.wait()
    let next = try state.withLock { state -> (index: Int, item: Item)? in
      guard state.handedOut < state.items.count else {
        try state.end?.get()
        return nil
      }
      defer { state.handedOut += 1 }
      return state.items[state.handedOut].map { (state.handedOut, $0) }
    }
    guard let (index, item) = next else { return nil }
    item.isReady.wait()
    room.signal()
    state.withLock { $0.items[index] = nil }
    return try (item.input, item.result.withLock { $0! }.get())
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    room.signal()
    work.signal()
    threads.wait()
  }
}
