import Foundation
import GodwitLayers
import GodwitTensor

/// Shared-query-key attention by its definitions: every pair of a head's positions, with sets of those that see each other.
struct BucketReference {
  /// The buckets of a vector, one for each round.
  let buckets: ([Double]) -> [Int]
  let chunk: Int
  /// How the rounds come together.
  var combination = Combination.union
  /// Whether a position sees only others; otherwise itself like any other.
  var avoidsItself = true

  enum Combination {
    /// A softmax over all that some round shows.
    case union
    /// A softmax in each round, with pairs divided by the number of rounds that show them, weighed by the sums of the rounds
    /// (Kitaev et al. 2020, appendix A).
    case rounds
  }

  /// What a layer computes by these means.
  func callAsFunction<Hash>(_ layer: LSHAttention<Hash>, _ x: Tensor) -> Tensor {
    let width = x.shape[2] / layer.heads
    let columns = layer.queryValue(x).split([Int](repeating: width, count: 2 * layer.heads), along: 2)
    let heads = (0..<layer.heads).map { head in
      let rows = (0..<x.shape[0]).map { attend(columns[head][$0], columns[layer.heads + head][$0]) }
      return stack(rows)
    }
    return layer.output(concatenate(heads, along: 2))
  }

  /// Queries and values [T, K] of one sequence.
  func attend(_ query: Tensor, _ value: Tensor) -> Tensor {
    let length = query.shape[0]
    let key = query / sqrt(square(query).sum(along: 1, keepingAxis: true))
    let scores = matmul(query, key, transposeB: true) / Double(query.shape[1]).squareRoot()
    let sets = sets(query)
    let counts = (0..<length).map { i in (0..<length).map { j in sets.count { $0[i].contains(j) } } }
    func matrix(_ element: (Int, Int) -> Double) -> Tensor {
      Tensor(rows: (0..<length).map { i in (0..<length).map { element(i, $0) } }, dtype: query.dtype)
    }
    switch combination {
    case .union:
      let lonely = counts.map { $0.allSatisfy { $0 == 0 } }
      return matmul(softmax(scores + matrix { counts[$0][$1] > 0 || ($0 == $1 && lonely[$0]) ? 0 : -.infinity }), value)
    case .rounds:
      let rounds = sets.map { set in
        let penalty = matrix { $0 == $1 ? 1e5 : set[$0].contains($1) ? log(Double(counts[$0][$1])) : .infinity }
        let sum = logSumExp(scores - penalty).reshaped([length, 1])
        return (sum: sum, mean: matmul(exp(scores - penalty - sum), value))
      }
      let total = logSumExp(concatenate(rounds.map(\.sum), along: 1)).reshaped([length, 1])
      return rounds.dropFirst().reduce(exp(rounds[0].sum - total) * rounds[0].mean) {
        $0 + exp($1.sum - total) * $1.mean
      }
    }
  }

  /// For each round and position the positions that it sees.
  func sets(_ query: Tensor) -> [[Set<Int>]] {
    let length = query.shape[0]
    let found = (0..<length).map { buckets(query[$0].scalars) }
    return found[0].indices.map { round in
      let order = (0..<length).sorted { (found[$0][round], $0) < (found[$1][round], $1) }
      func chunkNumber(_ position: Int) -> Int { order.firstIndex(of: position)! / chunk }
      return (0..<length).map { i in
        Set(
          (0..<length).filter { j in
            (j != i || !avoidsItself) && found[i][round] == found[j][round]
              && (chunkNumber(i) - 1...chunkNumber(i)).contains(chunkNumber(j))
          })
      }
    }
  }
}

extension RandomRotationHash {
  /// The bucket in each round by the definition.
  func byDefinition(_ vector: [Double]) -> [Int] {
    products(of: vector).map { parts in
      let all = parts + parts.map { -$0 }
      return all.firstIndex(of: all.max()!)!
    }
  }
}

extension SignRandomProjection {
  /// The bucket in each round by the definition.
  func byDefinition(_ vector: [Double]) -> [Int] {
    products(of: vector).map { $0.reversed().reduce(0) { 2 * $0 + ($1 >= 0 ? 1 : 0) } }
  }
}

extension LocalitySensitiveHash {
  /// The inner products of a vector and the directions of each round.
  fileprivate func products(of vector: [Double]) -> [[Double]] {
    let (columns, each) = (directions.shape[1], directions.shape[1] / rounds)
    let elements = directions.scalars
    return (0..<rounds).map { round in
      (round * each..<(round + 1) * each).map { column in
        vector.indices.reduce(0) { $0 + vector[$1] * elements[$1 * columns + column] }
      }
    }
  }
}
