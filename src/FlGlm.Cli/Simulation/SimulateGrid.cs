using FlGlm.Cli.CommandLine;
using FlGlm.Cli.LocalRuns;
using FlGlm.Client.Data;
using FlGlm.Core.Configuration;

namespace FlGlm.Cli.Simulation;

/// <summary>The cells of a simulation: the product of its axes.</summary>
internal static class SimulateGrid
{
    /// <summary>The configuration with <c>auto</c> resolved, as far as it is the same for all cells; processes that share a machine have one thread each.</summary>
    public static FlGlmConfig Resolve(FlGlmConfig config) =>
        (config with { Compute = config.Compute with { Threads = config.Compute.Threads ?? 1 } }).Resolved() with { Optimizer = config.Optimizer };

    /// <summary>All cells, the last axis changing first, each with a name of its own.</summary>
    /// <exception cref="ConfigurationException">A cell cannot run.</exception>
    public static IReadOnlyList<SimulateCell> Cells(FlGlmConfig config)
    {
        var (axes, own) = (config.Simulate, config.Data.Partition);
        SimulateCell[] cells =
        [
            .. from task in axes.Centralized ? axes.Tasks ?? [config.Data.Task] : []
               from method in axes.Methods ?? [config.Peft.Method]
               from seed in axes.Seeds ?? [config.Training.Seed]
               select new SimulateCell("", StrategyName.Serial, Clients: 1, config.Training.AveragePeriod, EnumWords.Of(PartitionMethod.None), task, method, seed) { IsCentralized = true },
            .. from strategy in axes.Strategies ?? [config.Training.Strategy]
               from clients in axes.Clients ?? [config.Clients.Expected]
               from period in axes.AveragePeriods ?? [config.Training.AveragePeriod]
               from partition in axes.Partitions ?? [EnumWords.Of(own.By)]
               from task in axes.Tasks ?? [config.Data.Task]
               from method in axes.Methods ?? [config.Peft.Method]
               from seed in axes.Seeds ?? [config.Training.Seed]
               select new SimulateCell("", strategy, clients, period, partition, task, method, seed),
        ];
        var varying = SimulateAxis.Varying(cells);
        cells = [.. cells.Select(cell => cell with { Name = NameOf(cell, varying), Config = ConfigOf(cell, config) })];
        var problems = cells.SelectMany(cell => Problems(cell, config)).DistinctBy(problem => problem.ToString()).ToList();
        return problems.Count == 0 ? cells : throw new ConfigurationException(problems);
    }

    /// <summary>All cells, whose rows can be divided among their clients.</summary>
    /// <exception cref="ConfigurationException">A cell cannot run.</exception>
    public static IReadOnlyList<SimulateCell> CheckedCells(FlGlmConfig config)
    {
        var cells = Cells(config);
        CheckPartitions(cells);
        return cells;
    }

    /// <summary>Reads and divides the rows of every cell whose clients share them, as the clients will.</summary>
    /// <exception cref="ConfigurationException">They cannot be divided so, or a client would have none.</exception>
    public static void CheckPartitions(IEnumerable<SimulateCell> cells)
    {
        foreach (var cell in cells.Where(cell => cell.Config.Data.Partition.By != PartitionMethod.None).DistinctBy(cell => ConfigWriter.Write(cell.Config.Data)))
        {
            try
            {
                using var rows = Dataset.Load(cell.Config.Data, cell.Config.Model.Path, int.MaxValue);
            }
            catch (ConfigurationException e)
            {
                throw new ConfigurationException([.. e.Problems.Select(problem => problem with { Message = $"of the cell {cell.Name}: {problem.Message}" })]);
            }
        }
    }

    private static string NameOf(SimulateCell cell, IReadOnlyList<SimulateAxis> varying) =>
        varying.Count == 0 ? "run" : string.Join('-', varying.Select(axis => axis.Prefix + axis.Value(cell)));

    /// <summary>The middle is shared so that a client has all parts of the model, which are evaluated together.</summary>
    private static FlGlmConfig ConfigOf(SimulateCell cell, FlGlmConfig config) => config with
    {
        Simulate = new(),
        Peft = config.Peft with { Method = cell.Method },
        Optimizer = config.Optimizer.For(cell.Method),
        Training = TrainingOf(cell, config),
        Clients = config.Clients with { Expected = cell.Clients, Names = LocalFolder.NamesOf(cell.Clients) },
        Server = config.Server with { ShareMiddle = true },
        Data = config.Data with
        {
            Task = cell.Task,
            Folder = config.Simulate.Tasks is null ? config.Data.Folder : FolderOf(cell, config.Data.Folder),
            Partition = PartitionWord.Parse(cell.Partition)!.In(config.Data.Partition) with
            {
                Parts = cell.Clients, Index = 1, Seed = config.Simulate.Seeds is null ? config.Data.Partition.Seed : cell.Seed,
            },
        },
    };

    /// <summary>The serial strategy averages at the end of every turn, so that its turns have the period's steps.</summary>
    private static TrainingSettings TrainingOf(SimulateCell cell, FlGlmConfig config)
    {
        var training = config.Training with { Strategy = cell.Strategy, AveragePeriod = cell.AveragePeriod, Seed = cell.Seed };
        return HasTurnsOfPeriods(cell, config)
            ? training with { Steps = cell.AveragePeriod, Rounds = (int)(TotalSteps(training) / cell.AveragePeriod) }
            : training;
    }

    private static bool HasTurnsOfPeriods(SimulateCell cell, FlGlmConfig config) => cell is { Strategy: StrategyName.Serial, IsCentralized: false } && config.Simulate.AveragePeriods is not null;

    private static long TotalSteps(TrainingSettings training) => (long)training.Steps * training.Rounds;

    private static string FolderOf(SimulateCell cell, string parent)
    {
        var (folder, name) = (HomePath.Expand(parent), SimulateAxis.Task.Value(cell));
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).FirstOrDefault(IsOfTask) ?? "" : "";

        bool IsOfTask(string path) => string.Equals(Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<Problem> Problems(SimulateCell cell, FlGlmConfig config)
    {
        if (HasTurnsOfPeriods(cell, config) && config.Training.Epochs > 0)
            yield return new Problem("training.epochs", "does not go with simulate.average_periods, by which a turn of the serial strategy has the steps of a period; training.steps and training.rounds.");
        else if (HasTurnsOfPeriods(cell, config) && TotalSteps(config.Training) % cell.AveragePeriod != 0)
            yield return new Problem("simulate.average_periods", $"{cell.AveragePeriod} does not divide the {TotalSteps(config.Training)} steps of a client (training.steps times training.rounds) into turns of the serial strategy; a number that does.");
        if (config.Simulate.Tasks is not null && config.Data.Train.Count > 0)
            yield return new Problem("data.train", "names files of one task, and simulate.tasks has others; leave it out, and set data.folder.");
        else if (config.Simulate.Tasks is not null && cell.Config.Data.Folder.Length == 0)
            yield return new Problem("simulate.tasks", $"'{cell.Task}' has no folder '{SimulateAxis.Task.Value(cell)}' in '{config.Data.Folder}'; data.folder names the folder that the folders of all tasks are in.");
        foreach (var problem in cell.Config.Clients.Validate())
            yield return problem with { Key = $"clients.{problem.Key}" };
        foreach (var problem in cell.Config.Peft.Validate())
            yield return problem with { Key = $"peft.{problem.Key}" };
        foreach (var problem in cell.Config.Data.Validate())
            yield return problem with { Key = $"data.{problem.Key}" };
    }
}
