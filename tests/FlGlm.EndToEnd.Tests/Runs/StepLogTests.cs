using System.Text;
using FlGlm.Cli.Runs;
using FlGlm.Testing;

namespace FlGlm.EndToEnd.Tests.Runs;

public sealed class StepLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.At("metrics.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_added_to_those_of_a_run_that_goes_on()
    {
        _folder.Write("metrics.jsonl", Lines(1, 2));

        Append(3, 4);

        Assert.Equal(Lines(1, 2, 3, 4), File.ReadAllText(Target));
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Lines_behind_a_step_move_to_the_first_free_file_while_the_log_is_written()
    {
        using var log = new StepLog(Target, continues: true);
        Append(log, 1, 2, 3, 4);

        log.MoveAfter(2);
        Append(log, 3, 4, 5);
        log.MoveAfter(4);
        log.MoveAfter(4); // nothing more to move
        Append(log, 5);

        Assert.Equal(Lines(1, 2, 3, 4, 5), File.ReadAllText(Target));
        Assert.Equal((Lines(3, 4), Lines(5)), (Read("metrics.1.jsonl"), Read("metrics.2.jsonl")));
        Assert.Equal(3, Directory.GetFiles(_folder.Path).Length);
    }

    [Theory]
    [InlineData("{\"step\":3,\"lo")]
    [InlineData("{\"step\":3,\"loss\":1}")]
    public void A_last_line_that_was_not_written_to_its_end_moves_too(string torn)
    {
        _folder.Write("metrics.jsonl", Lines(1, 2) + torn);

        Append(3);

        Assert.Equal(Lines(1, 2, 3), File.ReadAllText(Target));
        Assert.Equal(torn, Read("metrics.1.jsonl"));
    }

    [Fact]
    public void A_torn_line_moves_into_one_file_with_the_lines_before_it()
    {
        _folder.Write("metrics.jsonl", Lines(1, 2, 3) + "{");

        using var log = new StepLog(Target, continues: true);
        log.Open();
        log.MoveAfter(1);

        Assert.Equal((Lines(1), Lines(2, 3) + "{"), (File.ReadAllText(Target), Read("metrics.1.jsonl")));
    }

    [Fact]
    public void All_lines_of_an_earlier_run_move_and_lines_that_are_not_ours_too()
    {
        _folder.Write("metrics.jsonl", "a note, ünd more\n" + Lines(0, 1));
        _folder.Write("metrics.1.jsonl", "of a run before");

        using (var log = new StepLog(Target, continues: false))
            Append(log, 0);

        Assert.Equal((Lines(0), "of a run before", "a note, ünd more\n" + Lines(0, 1)), (File.ReadAllText(Target), Read("metrics.1.jsonl"), Read("metrics.2.jsonl")));
    }

    [Fact]
    public void A_line_that_is_not_ours_stays_where_a_run_goes_on()
    {
        _folder.Write("metrics.jsonl", Lines(1) + "ä note\n[]\n{}\n{\"step\":\"x\"}\n" + Lines(2, 3));

        using var log = new StepLog(Target, continues: true);
        log.MoveAfter(2);

        Assert.Equal((Lines(1) + "ä note\n[]\n{}\n{\"step\":\"x\"}\n" + Lines(2), Lines(3)), (File.ReadAllText(Target), Read("metrics.1.jsonl")));
    }

    [Fact]
    public void Without_lines_no_file_is_made()
    {
        using var log = new StepLog(Target, continues: false);
        log.MoveAfter(0);

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    private void Append(params int[] steps)
    {
        using var log = new StepLog(Target, continues: true);
        Append(log, steps);
    }

    private static void Append(StepLog log, params int[] steps)
    {
        foreach (var step in steps)
            log.Append(Encoding.UTF8.GetBytes(Lines(step)));
    }

    private string Read(string name) => File.ReadAllText(_folder.At(name));

    private static string Lines(params int[] steps) => string.Concat(steps.Select(step => $"{{\"step\":{step},\"loss\":0.5}}\n"));
}
