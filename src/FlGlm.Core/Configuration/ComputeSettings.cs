using System.Globalization;

namespace FlGlm.Core.Configuration;

/// <summary>Where and how tensors are computed.</summary>
public sealed record ComputeSettings : IValidated
{
    /// <summary><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Of a server's replicas of the middle (<c>training.strategy: server_hierarchical</c>), one after the other; each distinct device has its own copy
    /// of the frozen weights. Empty = all are on <see cref="Device"/>, on as many threads as there are processors for.
    /// </summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Of base weights, hidden states and their gradients; adapters train in float32.</summary>
    public ElementPrecision Dtype { get; init; } = ElementPrecision.Float32;

    /// <summary>
    /// libtorch's threads on the processor. <c>auto</c>: what <c>OMP_NUM_THREADS</c> says, as in PyTorch, else the cores that this process may use
    /// (affinity, cgroup). The last digits of a result depend on the number, so runs that are compared bit for bit set it.
    /// </summary>
    public int? Threads { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Validate()
    {
        if (!IsDevice(Device))
            yield return new Problem("device", $"'{Device}' is no device; cpu, cuda or cuda:0.");
        foreach (var device in Devices.Where(device => !IsDevice(device)))
            yield return new Problem("devices", $"'{device}' is no device; cpu, cuda or cuda:0.");
        if (Threads is < 1)
            yield return new Problem("threads", $"{Threads} threads compute nothing; 1 or more, or auto.");
    }

    /// <summary>The same with <c>auto</c> replaced by what it stands for in this process.</summary>
    public ComputeSettings Resolved() => this with { Threads = Threads ?? AskedFor() ?? Environment.ProcessorCount };

    private static bool IsDevice(string name) =>
        name is "cpu" or "cuda" || (name.StartsWith("cuda:", StringComparison.Ordinal) && ushort.TryParse(name["cuda:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>Of <c>OMP_NUM_THREADS</c>, which may go on with numbers for nested loops: <c>4,2</c>.</summary>
    private static int? AskedFor() =>
        int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS")?.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads > 0 ? threads : null;
}
