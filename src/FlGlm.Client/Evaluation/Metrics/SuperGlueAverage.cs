namespace FlGlm.Client.Evaluation.Metrics;

/// <summary>
/// The two averages over SuperGLUE's eight tasks that reports should tell apart: the benchmark's own, and the one in which the FL-GLM paper
/// gives ChatGLM-6B and itself (79.6 and 79.1 in its main table; by the benchmark's rule 77.3 and 76.8).
/// </summary>
public static class SuperGlueAverage
{
    /// <summary>The tasks by their names, each with the number of its metrics: two for CB, MultiRC and ReCoRD.</summary>
    private static readonly (string Task, int Metrics)[] Benchmark =
        [("BoolQ", 1), ("CB", 2), ("COPA", 1), ("MultiRC", 2), ("ReCoRD", 2), ("RTE", 1), ("WiC", 1), ("WSC", 1)];

    /// <summary>The names of the eight tasks.</summary>
    public static IReadOnlyList<string> Tasks { get; } = [.. Benchmark.Select(row => row.Task)];

    /// <summary>The benchmark's average: the mean of the tasks, where a task with two metrics counts with their mean.</summary>
    /// <param name="tasks">by name, whatever its case: the metrics of each task, SuperGLUE's first; further ones do not count</param>
    /// <exception cref="ArgumentException">A task or one of its metrics is missing.</exception>
    public static Metric Official(IReadOnlyDictionary<string, IReadOnlyList<Metric>> tasks) =>
        new("average (official)", Benchmark.Average(row => Metrics(tasks, row.Task, row.Metrics).Average()));

    /// <summary>The paper's average: the mean of each task's first metric (F1 for CB, MultiRC and ReCoRD).</summary>
    /// <inheritdoc cref="Official"/>
    public static Metric Paper(IReadOnlyDictionary<string, IReadOnlyList<Metric>> tasks) =>
        new("average (first metrics, as in the paper)", Benchmark.Average(row => Metrics(tasks, row.Task, 1).Single()));

    private static IEnumerable<double> Metrics(IReadOnlyDictionary<string, IReadOnlyList<Metric>> tasks, string task, int count)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var found = tasks.FirstOrDefault(entry => string.Equals(entry.Key, task, StringComparison.OrdinalIgnoreCase)).Value;
        return found?.Count >= count
            ? found.Take(count).Select(metric => metric.Value)
            : throw new ArgumentException($"the average needs {count} metrics of {task}; there are {found?.Count ?? 0}", nameof(tasks));
    }
}
