using System.Globalization;
using FlGlm.EndToEnd.Tests.Processes;

namespace FlGlm.EndToEnd.Tests.Packages;

/// <summary><c>FLGLM_BLAS=FILE</c>: other matrix products than libtorch's own.</summary>
public sealed class NamedBlasTests : IDisposable
{
    private const string OpenBlas = "/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0";
    private const string WithThreads = "/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblas.so.0";

    private readonly SplitFolder _folder = new() { Insecure = true };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Both_sides_and_the_centralised_run_compute_the_same_with_it_and_nearly_the_same_as_without()
    {
        Assert.SkipUnless(File.Exists(OpenBlas), "needs libopenblas0-openmp, which ./test.sh --all installs where it can");
        await using (var plain = FlGlmProcess.StartWith("FLGLM_BLAS", null, _folder.Train($"run.directory={_folder.At("plain")}")))
            await plain.ExitsWithAsync(0);

        await using var whole = FlGlmProcess.StartWith("FLGLM_BLAS", OpenBlas, _folder.Train());
        await whole.ExitsWithAsync(0);
        await using var server = FlGlmProcess.StartWith("FLGLM_BLAS", OpenBlas, _folder.Server());
        await using var client = FlGlmProcess.StartWith("FLGLM_BLAS", OpenBlas, _folder.Client("ada", await server.AddressAsync()));
        await client.ExitsWithAsync(0);
        await server.ExitsWithAsync(0);

        foreach (var side in new[] { whole, server, client })
            Assert.Contains(side.Output.Lines, line => line.Contains("libtorch 2.10.0.0 with OpenBLAS ", StringComparison.Ordinal));
        Assert.Equal(_folder.Losses("train"), _folder.Losses("ada"));
        Assert.All(_folder.Losses("plain").Zip(_folder.Losses("ada")), pair => Assert.Equal(Number(pair.First), Number(pair.Second), 1e-4));
    }

    [Theory]
    [InlineData("MODEL/config.json", "does not load: ")]
    [InlineData("/nowhere/libopenblas.so.0", "does not load: /nowhere/libopenblas.so.0: cannot open shared object file")]
    [InlineData("libm.so.6", "is no BLAS: it has no sgemm_.")]
    [InlineData(WithThreads, "is an OpenBLAS with threads of its own")]
    public async Task What_cannot_be_used_is_named_before_anything_is_written(string file, string why)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "of Linux alone");
        Assert.SkipUnless(file != WithThreads || File.Exists(file), "needs libopenblas0-pthread");
        var named = file.Replace("MODEL", _folder.At("model"), StringComparison.Ordinal);

        await using var run = FlGlmProcess.StartWith("FLGLM_BLAS", named, _folder.Train($"run.directory={_folder.At("run")}"));

        await run.ExitsWithAsync(2);
        Assert.StartsWith($"flglm: FLGLM_BLAS: '{named}' {why}", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("run")));
    }

    private static double Number(string loss) => double.Parse(loss, CultureInfo.InvariantCulture);
}
