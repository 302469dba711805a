using System.Runtime.InteropServices;
using FlGlm.Core.Configuration;
using FlGlm.Testing;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FlGlm.Client.Tests.Training;

/// <summary>Who owns tensors frees them: a model that is disposed of leaves none behind.</summary>
[Collection(nameof(TensorBalanceTests))]
public sealed partial class OwnershipTests
{
    // glibc, malloc.h
    private const int MmapThreshold = -3;

    /// <summary>25 million parameters, 100 MB in float32: large beside what else a process takes and gives back.</summary>
    private static readonly TinyLlama Large = new() { Blocks = 3, Hidden = 768, Intermediate = 1024, Vocabulary = 8000 };

    [Theory]
    [InlineData(PeftMethod.Lora, false)]
    [InlineData(PeftMethod.PTuningV2, false)]
    [InlineData(PeftMethod.PTuningV2, true)]
    [InlineData(PeftMethod.None, false)]
    public async Task A_model_that_is_loaded_trained_and_disposed_of_leaves_no_tensor(PeftMethod method, bool projection)
    {
        using var folder = new TempFolder();
        var directory = new TinyLlama { Blocks = 4 }.Write(folder.Path);
        await TrainAsync(directory, method, projection, bfloat: false);
        GC.TryStartNoGCRegion(64 << 20); // collects once more, what earlier tests have left
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        var parameters = 0;

        for (var i = 0; i < 10; i++)
            parameters += await TrainAsync(directory, method, projection, bfloat: i % 2 == 1);

        var after = Tensor.TotalCount;
        var miscounted = CountedOfOneParameter();
        GC.EndNoGCRegion();
        Assert.Equal(before + (parameters * miscounted), after);
    }

    [Theory]
    [InlineData(PeftMethod.Lora)]
    [InlineData(PeftMethod.None)]
    public async Task Loading_training_and_disposing_ten_times_takes_no_more_memory(PeftMethod method)
    {
        Assert.SkipUnless(method == PeftMethod.Lora || TestScope.IsAll, TestScope.OnlyInAll);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        MapTensors();
        using var folder = new TempFolder();
        var directory = Large.Write(folder.Path);
        for (var i = 0; i < 3; i++)
            await TrainAsync(directory, method);

        // What earlier tests left may settle meanwhile; a leak shows every time, and ten times.
        var limit = ModelBytes(directory) / 2;
        var grown = long.MaxValue;
        for (var attempt = 0; attempt < 3 && grown > limit; attempt++)
        {
            var before = Resident();
            for (var i = 0; i < 10; i++)
                await TrainAsync(directory, method);
            grown = Resident() - before;
        }

        Assert.InRange(grown, long.MinValue, limit);
    }

    [Fact]
    public void Of_two_models_in_one_process_one_can_be_freed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        MapTensors();
        using var folder = new TempFolder();
        var directory = Large.Write(folder.Path);
        using var kept = Open(directory, PeftMethod.Lora);
        var one = Resident();

        var second = Open(directory, PeftMethod.Lora);
        var two = Resident();
        second.Dispose();

        Assert.InRange(two - one, ModelBytes(directory) / 2, long.MaxValue);
        Assert.InRange(Resident() - one, long.MinValue, ModelBytes(directory) / 20);
        Assert.True(float.IsFinite(kept.Loss(TinyBatch.Create())));
    }

    /// <returns>how many parameters there were</returns>
    private static async Task<int> TrainAsync(string directory, PeftMethod method, bool projection = false, bool bfloat = false)
    {
        using var stages = Open(directory, method, projection, bfloat);
        using var run = new CentralisedRun(stages, new OptimizerSettings { ClipNorm = 1 }.For(method), totalSteps: 3);
        for (var step = 0; step < 3; step++)
            await run.StepAsync(TinyBatch.Create(rows: 2, seed: step));
        return stages.Parameters.Sum(parameter => parameter.Value.dtype == float32 ? 1 : 2); // one in bfloat16 has a float32 copy
    }

    /// <summary>TorchSharp 0.107 counts a tensor as alive whose handle a parameter has taken over.</summary>
    private static long CountedOfOneParameter()
    {
        var before = Tensor.TotalCount;
        using (var data = zeros(1))
            new Parameter(data).Dispose();
        return Tensor.TotalCount - before;
    }

    private static ThreeStages Open(string directory, PeftMethod method, bool projection = false, bool bfloat = false) => ThreeStages.Open(
        directory,
        new PeftSettings { Method = method, Prefix = new PrefixSettings { Length = 4, Projection = projection } },
        change: blueprint => blueprint with { Dtype = bfloat ? bfloat16 : float32 });

    private static long ModelBytes(string directory) => new FileInfo(Path.Combine(directory, "model.safetensors")).Length;

    /// <summary>Without what the C library's allocator keeps for later.</summary>
    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        _ = Trim(0);
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) << 10;
    }

    /// <summary>Every larger tensor a mapping of its own, which goes with it: the process's memory is then what is alive.</summary>
    private static void MapTensors() => _ = MallOpt(MmapThreshold, 64 << 10);

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc.so.6", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
