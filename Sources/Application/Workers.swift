import Dispatch
import Foundation
import Synchronization

/// Work on every core.
enum Workers {
  /// The number of cores this process may use.
  static let count = max(1, ProcessInfo.processInfo.activeProcessorCount)

  /// The results of `body` for each of `inputs`, in order, computed on all cores.
  ///
  /// The first error (by the order of the inputs) is thrown when all have ended.
  static func map<Input: Sendable, Output: Sendable>(
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

  /// Makes each of `inputs` into an output on all cores, a few ahead, and hands the outputs to
  /// `consume` on this thread, in order, while the next are being made.
  ///
  /// - Throws: The first error of `produce` (by the order of the inputs) or `consume`; nothing more
  ///   is consumed after it.
  static func pipeline<Input: Sendable, Output: Sendable>(
    _ inputs: [Input], produce: @escaping @Sendable (Input) throws -> Output,
    consume: (Input, Output) throws -> Void
  ) throws {
    let line = AssemblyLine(inputs, ahead: 2 * count, produce: produce)
    line.start(workers: count)
    defer { line.stop() }
    for (index, input) in inputs.enumerated() {
      try consume(input, line.take(index))
    }
  }
}

/// The inputs of a pipeline, and the outputs made of them that are not yet taken.
private final class AssemblyLine<Input: Sendable, Output: Sendable>: Sendable {
  private struct State {
    var next = 0
    var isStopped = false
    var results: [Result<Output, any Error>?]
  }

  private let inputs: [Input]
  private let produce: @Sendable (Input) throws -> Output
  private let state: Mutex<State>
  private let ready: [DispatchSemaphore]
  private let room = DispatchSemaphore(value: 0)
  private let workers = DispatchGroup()

  init(_ inputs: [Input], ahead: Int, produce: @escaping @Sendable (Input) throws -> Output) {
    self.inputs = inputs
    self.produce = produce
    state = Mutex(State(results: Array(repeating: nil, count: inputs.count)))
    ready = inputs.map { _ in DispatchSemaphore(value: 0) }
    for _ in 0..<ahead { room.signal() }
  }

  func start(workers count: Int) {
    for _ in 0..<count {
      DispatchQueue.global().async(group: workers) { self.work() }
    }
  }

  private func work() {
    while true {
      room.wait()
      let index = state.withLock { state -> Int? in
        guard !state.isStopped, state.next < inputs.count else { return nil }
        defer { state.next += 1 }
        return state.next
      }
      guard let index else {
        room.signal()
        return
      }
      let result = Result { try produce(inputs[index]) }
      state.withLock { $0.results[index] = result }
      ready[index].signal()
    }
  }

  func take(_ index: Int) throws -> Output {
    ready[index].wait()
    let result = state.withLock { state in
      defer { state.results[index] = nil }
      return state.results[index]!
    }
    room.signal()
    return try result.get()
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    room.signal()
    workers.wait()
  }
}
