using FlGlm.Cli;
using FlGlm.Cli.Simulation;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Simulation;

public sealed class SimulateGridTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static FlGlmConfig Config { get; } = new()
    {
        Clients = new ClientsSettings { Expected = 3 },
        Training = new TrainingSettings { Strategy = StrategyName.ClientBatch, Steps = 40, Rounds = 2, AveragePeriod = 20, Seed = 7 },
        Data = new DataSettings { Train = ["text.txt"], Partition = new PartitionSettings { Alpha = 0.3, Seed = 9 } },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cells_are_the_product_in_one_order_and_named_by_what_varies() => Assert.Equal(
        [
            "serial-2-period10-iid-seed1", "serial-2-period10-iid-seed2", "serial-2-period10-dirichlet-0.1-seed1", "serial-2-period10-dirichlet-0.1-seed2",
            "serial-2-period20-iid-seed1", "serial-2-period20-iid-seed2", "serial-2-period20-dirichlet-0.1-seed1", "serial-2-period20-dirichlet-0.1-seed2",
            "serial-4-period10-iid-seed1", "serial-4-period10-iid-seed2", "serial-4-period10-dirichlet-0.1-seed1", "serial-4-period10-dirichlet-0.1-seed2",
            "serial-4-period20-iid-seed1", "serial-4-period20-iid-seed2", "serial-4-period20-dirichlet-0.1-seed1", "serial-4-period20-dirichlet-0.1-seed2",
        ],
        Cells(new SimulateSettings
        {
            Strategies = [StrategyName.ClientBatch, StrategyName.Serial], Clients = [2, 4], AveragePeriods = [10, 20], Partitions = ["iid", "dirichlet-0.1"], Methods = [PeftMethod.Lora], Seeds = [1, 2],
        }).Skip(16).Select(cell => cell.Name));

    [Fact]
    public void The_run_in_one_process_is_there_once_for_each_task_method_and_seed()
    {
        var cells = Cells(new SimulateSettings { Centralized = true, Strategies = [StrategyName.Serial], Clients = [2, 4], AveragePeriods = [20, 40], Partitions = ["iid"], Seeds = [1, 2] });

        Assert.Equal(["centralized-1-period20-none-seed1", "centralized-1-period20-none-seed2"], cells.Where(cell => cell.IsCentralized).Select(cell => cell.Name));
        Assert.Equal((10, 40, 2), (cells.Count, cells[0].Config.Training.Steps, cells[0].Config.Training.Rounds));
    }

    [Fact]
    public void An_axis_that_is_absent_has_the_configuration_s_value()
    {
        var cell = Assert.Single(Cells(new SimulateSettings()));

        Assert.Equal(
            ("run", StrategyName.ClientBatch, 3, 20, "none", "", PeftMethod.Lora, 7),
            (cell.Name, cell.Strategy, cell.Clients, cell.AveragePeriod, cell.Partition, cell.Task, cell.Method, cell.Seed));
        Assert.Equal((40, 2, 9), (cell.Config.Training.Steps, cell.Config.Training.Rounds, cell.Config.Data.Partition.Seed));
        Assert.Equal(["client1", "client2", "client3"], cell.Config.Clients.Names);
    }

    [Fact]
    public void A_cell_s_processes_are_set_as_its_place_says()
    {
        var cell = Cells(new SimulateSettings { Strategies = [StrategyName.ServerHierarchical], Clients = [2], Partitions = ["dirichlet-0.1"], Methods = [PeftMethod.PTuningV2], Seeds = [5] })[0].Config;

        Assert.Equal((StrategyName.ServerHierarchical, 2, PeftMethod.PTuningV2, 5), (cell.Training.Strategy, cell.Clients.Expected, cell.Peft.Method, cell.Training.Seed));
        Assert.Equal((PartitionMethod.Dirichlet, 0.1, 2, 5), (cell.Data.Partition.By, cell.Data.Partition.Alpha, cell.Data.Partition.Parts, cell.Data.Partition.Seed));
        Assert.Equal((1, 0.02), (cell.Compute.Threads, cell.Optimizer.LearningRate));
    }

    [Fact]
    public void With_periods_a_turn_of_the_serial_strategy_has_a_period_s_steps_and_as_many_in_all()
    {
        var cells = Cells(new SimulateSettings { Strategies = [StrategyName.Serial, StrategyName.ClientBatch], AveragePeriods = [20, 40] });

        Assert.Equal([(20, 4), (40, 2), (40, 2), (40, 2)], cells.Select(cell => (cell.Config.Training.Steps, cell.Config.Training.Rounds)));
        Assert.Contains("simulate.average_periods: 30 does not divide the 80 steps", Refusal(new SimulateSettings { Strategies = [StrategyName.Serial], AveragePeriods = [30] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_task_has_its_files_in_the_folder_of_its_name()
    {
        var config = Config with { Data = new DataSettings { Folder = _folder.Path }, Simulate = new SimulateSettings { Tasks = ["superglue/copa", "superglue/boolq"] } };
        foreach (var name in new[] { "COPA", "BoolQ" })
            Directory.CreateDirectory(_folder.At(name));

        Assert.Equal([("copa", _folder.At("COPA")), ("boolq", _folder.At("BoolQ"))], SimulateGrid.Cells(config).Select(cell => (cell.Name, cell.Config.Data.Folder)));

        Directory.Delete(_folder.At("BoolQ"));
        var missing = Assert.Throws<ConfigurationException>(() => SimulateGrid.Cells(config));
        Assert.StartsWith($"simulate.tasks: 'superglue/boolq' has no folder 'boolq' in '{_folder.Path}'", missing.Message, StringComparison.Ordinal);
        var named = Assert.Throws<ConfigurationException>(() => SimulateGrid.Cells(config with { Data = config.Data with { Train = ["train.jsonl"] } }));
        Assert.StartsWith("data.train: names files of one task", named.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_values_of_axes_are_problems_of_their_keys()
    {
        var problems = new SimulateSettings
        {
            Strategies = [], Clients = [0, 2], AveragePeriods = [0], Partitions = ["label-skew"], Tasks = ["superglue/axb"], Methods = [PeftMethod.Lora, PeftMethod.Lora], Seeds = [1],
        }.Validate().ToList();

        Assert.Equal(["strategies", "clients", "average_periods", "partitions", "tasks", "methods"], problems.Select(problem => problem.Key));
        Assert.StartsWith("is empty, so that there is no run", problems[0].Message, StringComparison.Ordinal);
        Assert.Equal("'label-skew' is none of none, iid, label_skew, dirichlet, counts, files, dirichlet-ALPHA.", problems[3].Message);
        Assert.Equal("has a value twice; each once.", problems[5].Message);
    }

    [Fact]
    public void A_partition_that_no_number_of_clients_has_is_a_problem_of_its_keys() => Assert.StartsWith(
        "data.partition.counts: has 0 number(s) for 2 part(s)", Refusal(new SimulateSettings { Clients = [2], Partitions = ["counts"] }), StringComparison.Ordinal);

    private static IReadOnlyList<SimulateCell> Cells(SimulateSettings axes) => SimulateGrid.Cells(SimulateGrid.Resolve(Config with { Simulate = axes }));

    private static string Refusal(SimulateSettings axes) => Assert.Throws<ConfigurationException>(() => Cells(axes)).Message;
}
