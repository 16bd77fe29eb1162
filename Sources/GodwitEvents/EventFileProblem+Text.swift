import GodwitModels

extension EventFileProblem {
  /// What is wrong, and what to do.
  func text(_ words: EventOptionWords) -> String {
    switch self {
    case .file(let error): return error.description
    case .tooLong(let limit):
      return "it has more than \(Quantity.bytes(limit)), the most that is read; test a part of it"
    case .tooManyValues(let limit):
      return "it has more than \(Quantity.grouped(limit)) values, the most that are read; test a part of it"
    case .notText: return "it is no text: a byte of it is 0; expected on each line \(EventTime.expectation)"
    case .encoding(let name): return "it is a text in \(name); save it as UTF-8 or UTF-16"
    case .empty: return "there are no events in it; expected on each line \(EventTime.expectation)"
    case .unclosedQuote: return "a quote opens here and is not closed: close it, or double each quote within a field"
    case .doubtfulComma(let record):
      return
        "'\(shown(record))': the comma may be before decimals or between columns: write decimals behind a point (1.5), or "
        + "if it is between columns say which to read, as in \(words.column("1"))"
    case .doubtfulThousands(let value):
      return "'\(shown(value))': expected a number with a point before its decimals and no other mark in it (1234.5); "
        + "its comma may be between thousands or before decimals"
    case .mixedMarks(let value, let line):
      return "'\(shown(value))': expected the same mark before the decimals as on line \(line), a point or a comma "
        + "throughout"
    case .tooFewColumns(let count, let needed):
      return "there \(count == 1 ? "is" : "are") \(Quantity.counted(count, "column")), expected \(needed) or more"
    case .unknownColumn(let asked, let names):
      return "\(words.column(asked)): expected a number from 1 on, or one of \(quoted(names))"
    case .doubtfulColumn(let kind, let candidates):
      let kinds = kind.map { "the \($0.rawValue)" } ?? "the times, or the counts,"
      return "\(kinds) may be in any of the columns \(quoted(candidates)): say which, as in "
        + words.column(EventFileProblem.word(candidates.first ?? "1"))
        + (kind == nil ? ", and \(words.kind(.times)) or \(words.kind(.counts))" : "")
    case .runningNumber(let column, let example):
      return
        "the only numbers are in the column '\(shown(column))', which only numbers its lines (\(example)): expected "
        + "a column of times or counts; to read it all the same say \(words.column(EventFileProblem.word(column)))"
    case .splitDate(let date, let timeOfDay):
      return
        "the date is in the column '\(shown(date))' and the time of day in '\(shown(timeOfDay))': join them to one "
        + "(2024-05-01 13:45:00), or say \(words.column(EventFileProblem.word(date))) to test the days alone"
    case .notATime(let value, let objection): return "'\(shown(value))': \(objection)"
    case .missing(let value):
      return "'\(shown(value))': expected \(EventTime.expectation); if it says that there is no value, "
        + "\(words.skipsMissing) leaves such lines out"
    case .mixedForms(let value, let expected, let line):
      return "'\(shown(value))': expected \(expected), as on line \(line)"
    case .mixedZones(let value, let hasZone, let line):
      return "'\(shown(value))': expected a time \(hasZone ? "with" : "without") a zone, as on line \(line)"
    case .clockWentBack(let fall):
      return "\(relation(fall)): a clock without a zone went back here, as at the end of summer time, or the lines are "
        + "not in order; write the times in UTC or with their zones (2024-05-01 13:45:00+02:00), or sort them if the "
        + "clock did not"
    case .outOfOrder(let fall):
      return
        "\(relation(fall)): expected times that go \(fall.isNewestFirst ? "back" : "forward") throughout; sort the "
        + "file, or if these are gaps between events write the sums of the gaps so far"
        + (fall.mayBeCount ? ", or if they are numbers of events say \(words.kind(.counts))" : "")
    case .total(let value):
      return "'\(shown(value))' is the sum of the lines above it: leave this line out"
    case .notACount(let value):
      return "'\(shown(value))': expected a whole number of events, from 0 to 1e15; if these are times, say "
        + words.kind(.times)
    case .compactDates(let example):
      return
        "the numbers are as dates without marks (\(example)), which are not evenly apart: write them as 2024-05-01 or "
        + "2024-05-01 13:45:00; if they are plain numbers say \(words.kind(.times)) or \(words.kind(.counts))"
    case .doubtfulKind:
      return "these whole numbers never fall, and may be times that were rounded or counts that were sorted: say "
        + "\(words.kind(.times)) or \(words.kind(.counts))"
    }
  }

  private func relation(_ fall: Fall) -> String {
    "'\(shown(fall.value))' is \(fall.isNewestFirst ? "after" : "before") '\(shown(fall.previous))' on line "
      + "\(fall.previousLine)" + (fall.isNewestFirst ? " though the newest line is the first" : "")
  }

  private func quoted(_ names: [String]) -> String { names.map { "'\(shown($0))'" }.joined(separator: ", ") }

  /// A text on one line, and not a long one.
  private func shown(_ text: String) -> String {
    let line = text.map { $0.isNewline ? " " : $0 }
    return line.count > 60 ? String(line.prefix(59)) + "…" : String(line)
  }

  /// A name as a word of the shell.
  private static func word(_ name: String) -> String {
    let isPlain = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    return isPlain ? name : "'\(name)'"
  }
}
