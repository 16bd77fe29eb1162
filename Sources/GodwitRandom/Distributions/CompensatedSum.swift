/// A sum whose roundings are summed too (Neumaier 1974), so that neither the number nor the order of the values matters.
func compensatedSum(_ values: some Sequence<Double>) -> Double {
  var (sum, rest) = (0.0, 0.0)
  for value in values {
    let total = sum + value
    rest += abs(sum) >= abs(value) ? (sum - total) + value : (value - total) + sum
    sum = total
  }
  return sum + rest
}
