import Application
import Foundation

/// Standard output and standard error: reports on the one, progress and complaints on the other.
enum Console {
  /// Prints a report, as JSON if asked, and fails the command if it is not satisfied.
  static func show(_ report: some Report, json: Bool) throws {
    clearProgress()
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      write(try encoder.encode(report) + Data("\n".utf8), to: .standardOutput)
    } else {
      write(Data((report.text + "\n").utf8), to: .standardOutput)
    }
    if !report.isSatisfied { Foundation.exit(1) }
  }

  /// Writes a file, whole or not at all.
  static func save(_ bytes: [UInt8], at path: String) throws {
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Failure(
        "\(path) cannot be written: \(error.localizedDescription)", advice: "Choose another path.")
    }
  }

  /// Prints a piece of a long text.
  static func show(piece: String) { write(Data(piece.utf8), to: .standardOutput) }

  /// Writes a complaint on standard error; of several lines, each is one of its own.
  static func complain(_ message: String) {
    let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
    say(lines.map { "meterbook: \($0)\n" }.joined())
  }

  /// Writes on standard error how the command is used.
  static func explain(usage: String) { say("meterbook: \(usage)\n") }

  private static func say(_ text: String) {
    clearProgress()
    write(Data(text.utf8), to: .standardError)
  }

  /// Ends quietly when the reader of a pipe has gone.
  private static func write(_ data: Data, to handle: FileHandle) {
    do { try handle.write(contentsOf: data) } catch { Foundation.exit(1) }
  }

  private static let isTerminal = isatty(STDERR_FILENO) == 1
  private static let meter = ProgressMeter()

  /// Shows how far the work has come: a line that renews itself on a terminal, and a line every
  /// ten seconds elsewhere. Work under two seconds shows nothing.
  static func progress(_ progress: WorkProgress) {
    guard let line = meter.line(for: progress, every: isTerminal ? 0.2 : 10) else { return }
    let text = isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n"
    write(Data(text.utf8), to: .standardError)
  }

  /// Takes the line that tells of progress off a terminal.
  static func clearProgress() {
    if isTerminal, meter.hasShown { write(Data("\r\u{1B}[K".utf8), to: .standardError) }
  }
}
