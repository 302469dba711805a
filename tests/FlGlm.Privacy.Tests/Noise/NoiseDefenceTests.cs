using FlGlm.Client.Defences;
using FlGlm.Core.Configuration;
using FlGlm.Privacy.Defences;
using FlGlm.Privacy.Accounting;
using FlGlm.Privacy.Settings;
using FlGlm.Testing;

namespace FlGlm.Privacy.Tests.Noise;

public sealed class NoiseDefenceTests : IDisposable
{
    private static readonly PrivacySettings Noisy = new()
    {
        Hidden = new HiddenDefenceSettings { Clip = 3, Noise = 0.05 },
        Gradient = new GradientDefenceSettings { Clip = 0.5, Noise = 0.05 },
    };

    /// <summary>Rows' gradients of what head and tail train have noise too.</summary>
    private static readonly PrivacySettings Everywhere = Noisy with { Adapters = new AdapterDefenceSettings { Clip = 0.5, Noise = 0.5 } };

    private readonly DefendedRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(StrategyName.Serial, PeftMethod.Lora)]
    [InlineData(StrategyName.Serial, PeftMethod.PTuningV2)]
    [InlineData(StrategyName.ClientBatch, PeftMethod.Lora)]
    [InlineData(StrategyName.ClientBatch, PeftMethod.PTuningV2)]
    [InlineData(StrategyName.ServerHierarchical, PeftMethod.Lora)]
    [InlineData(StrategyName.ServerHierarchical, PeftMethod.PTuningV2)]
    public async Task Defences_of_strength_0_change_no_bit_and_others_work_with_every_strategy(StrategyName strategy, PeftMethod method)
    {
        Assert.SkipUnless(method == PeftMethod.Lora || strategy == StrategyName.Serial || TestScope.IsAll, TestScope.OnlyInAll);
        using var run = new DefendedRun { Plan = With(strategy, method) };
        var off = new PrivacySettings();
        var plain = await run.SplitAsync(null, null);
        var unchanged = await run.SplitAsync(run.Open(off), run.Open(off));
        var noisy = await run.SplitAsync(run.Open(Noisy, "one"), run.Open(Noisy, "two"));

        var everywhere = await run.SplitAsync(run.Open(Everywhere, "three"), run.Open(Everywhere, "four"));

        foreach (var (without, with) in plain.Zip(unchanged))
        {
            Assert.Null(without.Failure);
            Assert.NotEmpty(without.Adapter);
            Assert.Equal(without.Losses, with.Losses);
            Assert.Equal(without.Adapter, with.Adapter);
        }

        foreach (var (without, with) in plain.Zip(noisy))
        {
            Assert.Null(with.Failure);
            Assert.Equal(without.Losses.Count, with.Losses.Count);
            Assert.NotEqual(without.Adapter, with.Adapter);
            Assert.All(with.Losses, loss => Assert.True(float.IsFinite(loss)));
            Assert.Contains(with.Notes, note => note.Contains("no epsilon: adapters carry rows", StringComparison.Ordinal));
        }

        foreach (var (without, with) in noisy.Zip(everywhere))
        {
            Assert.Null(with.Failure);
            Assert.Equal(without.Losses.Count, with.Losses.Count);
            Assert.NotEqual(without.Adapter, with.Adapter);
            Assert.Contains(with.Notes, note => note.Contains("privacy: epsilon", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_secret_repeats_a_run_bit_for_bit_and_another_does_not(bool inAdapters)
    {
        var settings = inAdapters ? Everywhere : Noisy;
        var first = await _run.TrainAsync(_run.Open(settings, "one"));
        var again = await _run.TrainAsync(_run.Open(settings, "one"));
        var other = await _run.TrainAsync(_run.Open(settings, "two"));

        Assert.Equal(first.Losses, again.Losses);
        Assert.Equal(first.Adapter, again.Adapter);
        Assert.NotEqual(first.Adapter, other.Adapter);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_resumed_run_is_the_run_that_was_not_stopped_bit_for_bit(bool inAdapters)
    {
        var settings = inAdapters ? Everywhere : Noisy;
        var whole = await _run.TrainAsync(_run.Open(settings, "one"));
        Directory.CreateDirectory(_run.Folder("two"));
        File.Copy(Path.Combine(_run.Folder("one"), PrivacyDefence.SecretName), Path.Combine(_run.Folder("two"), PrivacyDefence.SecretName));

        var stopped = await _run.TrainAsync(_run.Open(settings, "two"), "checkpoints", stopAfter: 3);
        var resumed = await _run.TrainAsync(_run.Open(settings, "two"), "checkpoints", resume: true);

        Assert.InRange(stopped.Losses.Count, 3, 8);
        Assert.Equal(whole.Losses, [.. stopped.Losses, .. resumed.Losses]);
        Assert.Equal(whole.Adapter, resumed.Adapter);
    }

    /// <summary>Nine steps of two of six rows: three releases of each row in both channels.</summary>
    [Fact]
    public async Task A_run_whose_ends_do_not_train_states_the_epsilon_of_its_releases()
    {
        using var run = new DefendedRun { Plan = DefendedRun.Frozen(_run.Plan) };
        var defence = run.Open(Noisy);
        var expected = new RenyiAccountant();
        expected.AddGaussian(0.05, 6);

        var trained = await run.TrainAsync(defence);

        Assert.Null(trained.Failure);
        Assert.Equal(expected.Epsilon(1e-5), defence.Epsilon()!.Value, 1e-9 * expected.Epsilon(1e-5));
        Assert.Equal(defence.Epsilon(), trained.Epsilons[^1]);
        Assert.Equal(trained.Epsilons.Order(), trained.Epsilons);
        Assert.Contains(trained.Notes, note => note.Contains("3 releases of hidden states, 3 of gradients", StringComparison.Ordinal));
    }

    /// <summary>Nine steps of two of six rows: three releases of each row in both channels and in three steps' sums.</summary>
    [Fact]
    public async Task A_run_whose_ends_train_with_noise_states_the_epsilon_of_its_releases_and_steps()
    {
        var expected = new RenyiAccountant();
        expected.AddGaussian(0.05, 6);
        expected.AddGaussian(0.5, 3);
        var defence = _run.Open(Everywhere with { Budget = 2 * expected.Epsilon(1e-5) });

        var trained = await _run.TrainAsync(defence);

        Assert.Null(trained.Failure);
        Assert.Equal(expected.Epsilon(1e-5), trained.Epsilons[^1]!.Value, 1e-9 * expected.Epsilon(1e-5));
        Assert.Contains(trained.Notes, note => note.Contains("3 releases of hidden states, 3 of gradients, 3 in adapters", StringComparison.Ordinal));
    }

    /// <summary>The noise of the adapters alone makes the difference: a row's third release would exceed the budget.</summary>
    [Fact]
    public async Task A_run_whose_ends_train_with_noise_ends_before_its_budget_is_exceeded()
    {
        var settings = new PrivacySettings
        {
            Hidden = new HiddenDefenceSettings { Clip = 3, Noise = 1000 },
            Gradient = new GradientDefenceSettings { Clip = 0.5, Noise = 1000 },
            Adapters = new AdapterDefenceSettings { Clip = 0.5, Noise = 20 },
        };
        var two = new RenyiAccountant();
        two.AddGaussian(1000, 6);
        two.AddGaussian(20, 2);

        var ended = await _run.TrainAsync(_run.Open(settings with { Budget = two.Epsilon(1e-5) }));

        Assert.Equal(6, ended.Losses.Count);
        Assert.IsType<BudgetException>(ended.Failure);
        Assert.NotEmpty(ended.Adapter);
    }

    /// <summary>Also where the steps without noise were an earlier run's with the same secret.</summary>
    [Fact]
    public async Task Adapters_that_have_trained_without_noise_have_no_epsilon_any_more()
    {
        var clipped = await _run.TrainAsync(_run.Open(Everywhere with { Adapters = Everywhere.Adapters with { Noise = 0 } }));
        var noisy = await _run.TrainAsync(_run.Open(Everywhere));

        Assert.All(clipped.Epsilons.Concat(noisy.Epsilons), Assert.Null);
        Assert.NotEmpty(noisy.Losses);
        Assert.Contains(noisy.Notes, note => note.Contains("no epsilon: adapters carry rows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Releases_without_noise_have_no_epsilon()
    {
        using var run = new DefendedRun { Plan = DefendedRun.Frozen(_run.Plan) };
        var defence = run.Open(Noisy with { Gradient = new GradientDefenceSettings() });

        var trained = await run.TrainAsync(defence);

        Assert.Null(defence.Epsilon());
        Assert.Contains(trained.Notes, note => note.Contains("no epsilon: gradients have left without noise", StringComparison.Ordinal));
    }

    /// <summary>A row's third release would exceed the budget; the ledger remembers, so that only a larger one goes on.</summary>
    [Fact]
    public async Task A_run_ends_before_its_budget_is_exceeded_and_goes_on_with_a_larger_one_alone()
    {
        using var run = new DefendedRun { Plan = DefendedRun.Frozen(_run.Plan) };
        var settings = Noisy with { Hidden = Noisy.Hidden with { Noise = 20 }, Gradient = Noisy.Gradient with { Noise = 20 } };
        var (two, all) = (new RenyiAccountant(), new RenyiAccountant());
        two.AddGaussian(20, 4);
        all.AddGaussian(20, 20);

        var ended = await run.TrainAsync(run.Open(settings with { Budget = two.Epsilon(1e-5) }), "checkpoints");
        var refused = await run.TrainAsync(run.Open(settings with { Budget = two.Epsilon(1e-5) }), "checkpoints", resume: true);
        var finished = await run.TrainAsync(run.Open(settings with { Budget = all.Epsilon(1e-5) }), "checkpoints", resume: true);

        Assert.Equal(6, ended.Losses.Count);
        Assert.NotEmpty(ended.Adapter);
        Assert.Equal((two.Epsilon(1e-5), ExitCode.Budget), (Assert.IsType<BudgetException>(ended.Failure).Spent, ended.Failure!.ExitCode));
        Assert.Empty(refused.Losses);
        Assert.IsType<BudgetException>(refused.Failure);
        Assert.Null(finished.Failure);
        Assert.Equal(3, finished.Losses.Count);
    }

    [Theory]
    [InlineData(StrategyName.ClientBatch)]
    [InlineData(StrategyName.ServerHierarchical)]
    public async Task A_client_whose_budget_is_spent_saves_and_leaves_and_the_others_go_on(StrategyName strategy)
    {
        var plan = DefendedRun.Frozen(With(strategy, PeftMethod.Lora));
        using var run = new DefendedRun { Plan = plan with { Training = plan.Training with { Steps = 9 }, Clients = new ClientsSettings { WhenLost = WhenLost.Drop } } };
        var settings = Noisy with { Hidden = Noisy.Hidden with { Noise = 20 }, Gradient = Noisy.Gradient with { Noise = 20 } };
        var two = new RenyiAccountant();
        two.AddGaussian(20, 4);

        var clients = await run.SplitAsync(run.Open(settings with { Budget = two.Epsilon(1e-5) }), null);

        Assert.Equal(6, clients[0].Losses.Count);
        Assert.IsType<BudgetException>(clients[0].Failure);
        Assert.Contains(clients[0].Notes, note => note.Contains("privacy: epsilon", StringComparison.Ordinal));
        Assert.Null(clients[1].Failure);
        Assert.Equal(9, clients[1].Losses.Count);
    }

    [Fact]
    public async Task A_budget_where_adapters_carry_rows_is_refused_before_anything_leaves()
    {
        var refused = await _run.TrainAsync(_run.Open(Noisy with { Budget = 8 }));

        var problem = Assert.Single(Assert.IsType<ConfigurationException>(refused.Failure).Problems);
        Assert.Equal("privacy.budget", problem.Key);
        Assert.Empty(refused.Losses);
    }

    [Fact]
    public void Nothing_of_the_noise_comes_from_the_seed_of_the_plan()
    {
        var (one, other) = (_run.Open(Noisy, "one"), _run.Open(Noisy, "two"));

        Assert.NotNull(one.OrderSeed);
        Assert.NotEqual(one.OrderSeed, other.OrderSeed);
        Assert.Null(_run.Open(Noisy with { SecretOrder = false }, "three").OrderSeed);
        Assert.Null(_run.Open(new PrivacySettings(), "four").OrderSeed);
        Assert.False(Directory.Exists(_run.Folder("four")));
    }

    [Fact]
    public void A_secret_that_is_lost_is_one_line_and_no_new_one_is_made()
    {
        _run.Open(Noisy);
        var (secret, ledger) = (Path.Combine(_run.Folder("privacy"), PrivacyDefence.SecretName), Path.Combine(_run.Folder("privacy"), PrivacyDefence.LedgerName));
        File.Delete(secret);
        File.WriteAllText(ledger, "[]");

        Assert.Contains("There is no secret", Assert.Throws<SealException>(() => _run.Open(Noisy)).Message);
        Assert.False(File.Exists(secret));
    }

    private RunPlan With(StrategyName strategy, PeftMethod method) => _run.Plan with
    {
        Peft = _run.Plan.Peft with { Method = method },
        Training = _run.Plan.Training with { Strategy = strategy, Steps = 3, AveragePeriod = 3 },
    };
}
