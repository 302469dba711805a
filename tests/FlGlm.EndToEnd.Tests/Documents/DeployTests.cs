using FlGlm.Cli.CommandLine;
using FlGlm.Testing;
using YamlDotNet.Serialization;

namespace FlGlm.EndToEnd.Tests.Documents;

/// <summary>The files in <c>deploy</c> start the program with options that it has.</summary>
public sealed class DeployTests
{
    [Fact]
    public void The_services_of_compose_are_commands()
    {
        var services = (Dictionary<object, object>)Yaml("compose.yaml")["services"];
        Assert.Equal(["client", "server"], services.Keys.Cast<string>().Order());
        Assert.All(services.Values, service => AssertParses(Words(((Dictionary<object, object>)service)["command"])));
    }

    [Fact]
    public void The_job_of_the_mpi_operator_starts_servers()
    {
        object node = Yaml(Path.Combine("kubernetes", "mpijob.yaml"));
        foreach (var key in (string[])["spec", "mpiReplicaSpecs", "Launcher", "template", "spec", "containers"])
            node = ((Dictionary<object, object>)node)[key];
        var launcher = (Dictionary<object, object>)((List<object>)node).Single();
        Assert.Equal(["mpirun"], Words(launcher["command"]));
        AssertParses(Words(launcher["args"]).SkipWhile(word => word != "flglm").Skip(1));
    }

    [Fact]
    public void The_unit_of_systemd_starts_a_server() =>
        AssertParses(Text("flglm-server.service").Split('\n').Single(line => line.StartsWith("ExecStart=", StringComparison.Ordinal)).Split(' ')[1..]);

    [Fact]
    public void The_script_for_slurm_starts_servers()
    {
        var script = Text(Path.Combine("slurm", "hierarchical.sbatch")).Replace("\\\n", "", StringComparison.Ordinal);
        var line = script.Split('\n').Single(line => line.Contains(" flglm server ", StringComparison.Ordinal));
        AssertParses(line[(line.IndexOf(" flglm ", StringComparison.Ordinal) + " flglm ".Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_image_starts_the_program_that_is_published_beside_it()
    {
        var lines = Text("Dockerfile").Split('\n');
        Assert.Contains("COPY app /opt/flglm", lines);
        Assert.Contains("ENTRYPOINT [\"flglm\"]", lines);
    }

    private static void AssertParses(IEnumerable<string> words) => Assert.Empty(FlGlmCommandLine.Parse([.. words], new GlobalOptions()).Errors);

    private static IEnumerable<string> Words(object list) => ((List<object>)list).Cast<string>();

    private static Dictionary<object, object> Yaml(string file) => new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(Text(file));

    private static string Text(string file) => File.ReadAllText(RepositoryFolder.At("deploy", file));
}
